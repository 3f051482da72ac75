package org.pfsyncd.text;

import org.pfsyncd.wire.StateRecord;

/**
 * The words behind a state's counters (spec pfsync.md section 16.2). OpenBSD and FreeBSD up to 13
 * print three of them, FreeBSD 14 prints all. Stateless.
 */
final class StateFlagNames {
    private static final int ALLOWOPTS = 0x0001;
    private static final int SLOPPY = 0x0002;
    private static final int PFLOW = 0x0004;
    private static final int NOSYNC = 0x0008;
    private static final int ACK = 0x0010;
    private static final int NODF = 0x0020;
    private static final int SETTOS = 0x0040;
    private static final int RANDOMID = 0x0080;
    private static final int SCRUB_TCP = 0x0100;
    private static final int SETPRIO = 0x0200;
    private static final int DN_IS_PIPE = 0x4000;
    private static final int DN_IS_QUEUE = 0x8000;
    private static final int SRC_NODE = 0x04;
    private static final int NAT_SRC_NODE = 0x08;
    private static final int LOG_ALL = 0x02;

    private StateFlagNames() {}

    static void append(StringBuilder out, StateRecord state, boolean isFreeBsd14) {
        if (isFreeBsd14) {
            appendFreeBsd14(out, state);
            return;
        }
        int flags = state.stateFlags();
        word(out, flags & SLOPPY, ", sloppy");
        word(out, flags & PFLOW, ", pflow");
        appendSourceNodes(out, state);
    }

    private static void appendFreeBsd14(StringBuilder out, StateRecord state) {
        int flags = state.stateFlags();
        word(out, flags & ALLOWOPTS, ", allow-opts");
        word(out, flags & SLOPPY, ", sloppy");
        word(out, flags & NOSYNC, ", no-sync");
        word(out, flags & PFLOW, ", pflow");
        word(out, flags & ACK, ", psync-ack");
        word(out, flags & NODF, ", no-df");
        if ((flags & SETTOS) != 0) {
            out.append(", set-tos 0x");
            TextFormat.appendHex(out, state.setTos(), 2);
        }
        word(out, flags & RANDOMID, ", random-id");
        word(out, flags & SCRUB_TCP, ", reassemble-tcp");
        if ((flags & SETPRIO) != 0) {
            out.append(", set-prio (0x");
            TextFormat.appendHex(out, state.setPrio0(), 2);
            out.append(" 0x");
            TextFormat.appendHex(out, state.setPrio1(), 2);
            out.append(')');
        }
        appendDummynet(out, state, flags);
        appendSourceNodes(out, state);
        word(out, state.log(), ", log");
        word(out, state.log() & LOG_ALL, " (all)");
        number(out, state.minTtl(), ", min-ttl ");
        number(out, state.maxMss(), ", max-mss ");
    }

    private static void appendDummynet(StringBuilder out, StateRecord state, int flags) {
        if ((flags & (DN_IS_PIPE | DN_IS_QUEUE)) == 0 || (state.dnpipe() | state.dnrpipe()) == 0) {
            return;
        }
        out.append((flags & DN_IS_PIPE) != 0 ? ", dummynet pipe (" : ", dummynet queue (")
                .append(state.dnpipe())
                .append(' ')
                .append(state.dnrpipe())
                .append(')');
    }

    private static void appendSourceNodes(StringBuilder out, StateRecord state) {
        word(out, state.syncFlags() & SRC_NODE, ", source-track");
        word(out, state.syncFlags() & NAT_SRC_NODE, ", sticky-address");
    }

    private static void word(StringBuilder out, int isSet, String word) {
        if (isSet != 0) {
            out.append(word);
        }
    }

    private static void number(StringBuilder out, int value, String word) {
        if (value != 0) {
            out.append(word).append(value);
        }
    }
}
