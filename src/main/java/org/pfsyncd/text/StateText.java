package org.pfsyncd.text;

import org.agrona.DirectBuffer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Prints states as {@code pfctl -ss} does (spec pfsync.md sections 16.1 to 16.3).
 *
 * <p>Owned by the thread that calls it; allocates only what the builder needs to grow.
 */
public final class StateText {
    private static final int OUT = 2;

    private final NameTable names;
    private final StateDetails details;

    public StateText(NameTable names) {
        this.names = names;
        details = new StateDetails(names);
    }

    /**
     * Appends a state, each line with its line feed.
     *
     * @param verbosity 0 one line, 1 as {@code -v}, 2 as {@code -vv}.
     * @param nowMs epoch milliseconds, to which age and rest are relative.
     */
    public void append(StringBuilder out, StateRecord state, int verbosity, long nowMs) {
        appendLine(out, state);
        out.append('\n');
        if (verbosity >= 1) {
            details.append(out, state, nowMs, "   ");
        }
        if (verbosity >= 2) {
            details.appendIdentity(out, state, "   ");
        }
    }

    /** Appends the one line of a state, without line feed. */
    public void appendLine(StringBuilder out, StateRecord state) {
        boolean isOut = state.direction() == OUT;
        out.append(names.name(state.ifname())).append(' ');
        ProtocolNames.append(out, state.wireProto());
        out.append(' ');
        appendHost(out, state, 1);
        out.append(isOut || isFamilyTranslated(state) ? " -> " : " <- ");
        appendHost(out, state, 0);
        out.append("       ");
        appendPeers(out, state);
    }

    /** Appends {@code LEFT:RIGHT}, the peer states in the order of the line. */
    static void appendPeers(StringBuilder out, StateRecord state) {
        boolean isOut = state.direction() == OUT;
        int left = (isOut ? state.src() : state.dst()).state();
        int right = (isOut ? state.dst() : state.src()).state();
        PeerNames.append(
                out, state.wireProto(), StateDetails.isFreeBsd14(state.dialect()), left, right);
    }

    private static boolean isFamilyTranslated(StateRecord state) {
        return state.wireAf() != state.stackAf();
    }

    /** One end: the address of the key printed first, and the other key's where they differ. */
    private void appendHost(StringBuilder out, StateRecord state, int index) {
        boolean isFirstWire = state.direction() == OUT;
        // Translation between families exchanges the indexes of the translated key.
        int otherIndex = isFamilyTranslated(state) ? 1 - index : index;
        int port = port(state, isFirstWire, index);
        // The far port of ICMP is the type on some systems and the identifier on others.
        boolean isFarIcmp = isIcmp(state.wireProto()) && otherIndex == (isFirstWire ? 0 : 1);
        int otherPort =
                isFarIcmp
                        ? port(state, isFirstWire, otherIndex)
                        : port(state, !isFirstWire, otherIndex);
        int at = state.offset() + addressOffset(isFirstWire, index);
        int otherAt = state.offset() + addressOffset(!isFirstWire, otherIndex);
        appendEnd(out, state, isFirstWire, at, port);
        if (isFamilyTranslated(state)
                || port != otherPort
                || !isEqual(state.buffer(), at, otherAt)) {
            out.append(" (");
            appendEnd(out, state, !isFirstWire, otherAt, otherPort);
            out.append(')');
        }
    }

    private static void appendEnd(
            StringBuilder out, StateRecord state, boolean isWire, int at, int port) {
        int rdomain = isWire ? state.wireRdomain() : state.stackRdomain();
        int family = isWire ? state.wireAf() : state.stackAf();
        if (rdomain != 0) {
            out.append('(').append(rdomain).append(") ");
        }
        AddressText.append(out, family, state.buffer(), at);
        if (port == 0) {
            return;
        }
        if (family == 6) {
            out.append('[').append(port).append(']');
        } else {
            out.append(':').append(port);
        }
    }

    private static boolean isEqual(DirectBuffer buffer, int at, int otherAt) {
        return buffer.getLong(at) == buffer.getLong(otherAt)
                && buffer.getLong(at + 8) == buffer.getLong(otherAt + 8);
    }

    private static boolean isIcmp(int protocol) {
        return protocol == ProtocolNames.ICMP || protocol == ProtocolNames.ICMPV6;
    }

    private static int port(StateRecord state, boolean isWire, int index) {
        if (isWire) {
            return index == 0 ? state.wirePort0() : state.wirePort1();
        }
        return index == 0 ? state.stackPort0() : state.stackPort1();
    }

    private static int addressOffset(boolean isWire, int index) {
        if (isWire) {
            return index == 0 ? StateRecord.WIRE_ADDR0_OFFSET : StateRecord.WIRE_ADDR1_OFFSET;
        }
        return index == 0 ? StateRecord.STACK_ADDR0_OFFSET : StateRecord.STACK_ADDR1_OFFSET;
    }
}
