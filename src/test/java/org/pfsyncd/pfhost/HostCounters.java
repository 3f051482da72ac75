package org.pfsyncd.pfhost;

import java.util.EnumMap;
import java.util.Map;
import org.pfsyncd.wire.MessageKind;

/** What {@code netstat -s -p pfsync} tells of a host (8.12), and a few things it does not. */
public final class HostCounters {
    /** Messages put into packets. */
    public final Map<MessageKind, Integer> sent = new EnumMap<>(MessageKind.class);

    public long packetsIn;
    public long packetsOut;
    public long sendErrors;
    public long badInterface;
    public long badTtl;
    public long badHeader;
    public long badVersion;
    public long badAction;
    public long badLength;
    public long badValue;
    public long badState;
    public long stale;

    /** Imports refused because of an equal id or key; no kernel counts them. */
    public long collisions;

    public long imports;
    public long acksReceived;
    public long acksTimedOut;
    public long heldDropped;

    /** Packets of traffic that found no state, or one whose window they were outside of. */
    public long blocked;

    public long outOfWindow;
    public long passed;

    void sent(MessageKind kind) {
        sent.merge(kind, 1, Integer::sum);
    }

    public int sentOf(MessageKind kind) {
        return sent.getOrDefault(kind, 0);
    }

    @Override
    public String toString() {
        return String.format(
                "in=%d out=%d badact=%d badlen=%d badval=%d badstate=%d stale=%d collisions=%d"
                        + " imports=%d blocked=%d window=%d passed=%d sent=%s",
                packetsIn,
                packetsOut,
                badAction,
                badLength,
                badValue,
                badState,
                stale,
                collisions,
                imports,
                blocked,
                outOfWindow,
                passed,
                sent);
    }
}
