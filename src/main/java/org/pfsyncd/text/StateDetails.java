package org.pfsyncd.text;

import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/** The further lines of a state (spec pfsync.md sections 16.2, 16.3). Owned by the caller. */
final class StateDetails {
    private static final int OUT = 2;
    private static final int WSCALE_MASK = 0x0F;

    private final NameTable names;

    StateDetails(NameTable names) {
        this.names = names;
    }

    /** FreeBSD 14 and later print more about a state than the others. */
    static boolean isFreeBsd14(int dialect) {
        return dialect == Dialect.V1400.ordinal() || dialect == Dialect.V1500.ordinal();
    }

    /** Appends what {@code -v} adds. */
    void append(StringBuilder out, StateRecord state, long nowMs, String indent) {
        if (state.wireProto() == ProtocolNames.TCP) {
            boolean isOut = state.direction() == OUT;
            out.append(indent);
            appendSequences(
                    out, isOut ? state.src() : state.dst(), isOut ? state.dst() : state.src());
            out.append('\n');
        }
        out.append(indent).append("age ");
        TextFormat.appendDuration(out, StateTimes.ageS(state, nowMs));
        out.append(", expires in ");
        TextFormat.appendDuration(out, StateTimes.expireS(state, nowMs));
        out.append(", ");
        appendPair(out, state.packets0(), state.packets1());
        out.append(" pkts, ");
        appendPair(out, state.bytes0(), state.bytes1());
        out.append(" bytes");
        appendRule(out, ", anchor ", state.anchor());
        appendRule(out, ", rule ", state.rule());
        StateFlagNames.append(out, state, isFreeBsd14(state.dialect()));
        out.append('\n');
    }

    /** Appends what {@code -vv} adds: identity, route option, routing table, first interface. */
    void appendIdentity(StringBuilder out, StateRecord state, String indent) {
        out.append(indent).append("id: ");
        TextFormat.appendHex(out, state.id(), 16);
        out.append(" creatorid: ");
        TextFormat.appendHex(out, state.creatorId(), 8);
        appendRoute(out, state);
        if (state.rtableId0() != -1) {
            out.append(" rtable: ").append(state.rtableId0());
        }
        out.append('\n');
        if (state.origIfname() != 0 && state.origIfname() != state.ifname()) {
            out.append(indent)
                    .append("origif: ")
                    .append(names.name(state.origIfname()))
                    .append('\n');
        }
    }

    /** Appends {@code [LO + W](+D) wscale N [LO + W](+D) wscale N}. */
    static void appendSequences(StringBuilder out, PeerRecord left, PeerRecord right) {
        boolean isScaled = left.wscale() != 0 && right.wscale() != 0;
        appendSequence(out, left, isScaled);
        out.append("  ");
        appendSequence(out, right, isScaled);
    }

    private static void appendSequence(StringBuilder out, PeerRecord peer, boolean isScaled) {
        out.append('[')
                .append(peer.seqlo())
                .append(" + ")
                .append((peer.seqhi() - peer.seqlo()) & 0xFFFF_FFFFL)
                .append(']');
        if (peer.seqdiff() != 0) {
            out.append("(+").append(peer.seqdiff()).append(')');
        }
        if (isScaled) {
            out.append(" wscale ").append(peer.wscale() & WSCALE_MASK);
        }
    }

    private void appendRoute(StringBuilder out, StateRecord state) {
        int family = state.rtAf() == 0 ? state.wireAf() : state.rtAf();
        int at = state.offset() + StateRecord.RT_ADDR_OFFSET;
        boolean hasAddress = state.buffer().getLong(at) != 0 || state.buffer().getLong(at + 8) != 0;
        if (state.rtKind() == 0 && !hasAddress) {
            return;
        }
        out.append(' ').append(StateJson.routeName(state.rtKind())).append(": ");
        AddressText.append(out, family, state.buffer(), at);
        if (state.rtIfname() != 0) {
            out.append('@').append(names.name(state.rtIfname()));
        }
    }

    private static void appendPair(StringBuilder out, long first, long second) {
        TextFormat.appendUnsigned(out, first);
        out.append(':');
        TextFormat.appendUnsigned(out, second);
    }

    private static void appendRule(StringBuilder out, String word, int rule) {
        if (rule != -1) {
            out.append(word).append(rule & 0xFFFF_FFFFL);
        }
    }
}
