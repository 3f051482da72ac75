package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** What waits to be sent in one packet: FreeBSD's bucket, OpenBSD's slice (10.5). */
final class Bucket {
    static final long NEVER = Long.MAX_VALUE;

    final int number;
    final Map<QueueKind, LinkedHashSet<HostState>> queues = new EnumMap<>(QueueKind.class);
    final List<HostId> requests = new ArrayList<>();
    final List<Plus> plus = new ArrayList<>();

    /** Of the packet as the kernel counts it, bytes. */
    int length;

    /** When the one-second timer fires. */
    long timerNs = NEVER;

    /** When a push takes effect. */
    long pushNs = NEVER;

    private final int emptyPacket;

    /** A CLR or a BUS. */
    record Plus(boolean isClear, int creatorId, int ifname, int status, long endTimeS) {}

    Bucket(int number, int emptyPacket) {
        this.number = number;
        this.emptyPacket = emptyPacket;
        for (QueueKind kind : QueueKind.values()) {
            queues.put(kind, new LinkedHashSet<>());
        }
        length = emptyPacket;
    }

    boolean isEmpty() {
        return length == emptyPacket;
    }

    void sent() {
        for (LinkedHashSet<HostState> queue : queues.values()) {
            queue.clear();
        }
        requests.clear();
        plus.clear();
        length = emptyPacket;
        pushNs = NEVER;
    }
}
