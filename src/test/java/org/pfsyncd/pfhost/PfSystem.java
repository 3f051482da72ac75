package org.pfsyncd.pfhost;

import java.util.List;
import org.pfsyncd.wire.Dialect;

/**
 * The systems a scripted host can be, with what tells their pfsync apart (spec pfsync.md sections
 * 1.4, 1.8, 8 to 12; section 25 for FreeBSD 12.1, which was recorded).
 */
public enum PfSystem {
    /** OpenBSD 4.5 and 4.6: header version 5 with states of 240 bytes; behaves as 4.7 here. */
    OPENBSD_45(Dialect.V1301, 44, 1, 13),
    /** OpenBSD 4.7 to 7.3. */
    OPENBSD_57(Dialect.V6, 40, 1, 16),
    /** OpenBSD 7.4 and later. */
    OPENBSD(Dialect.V6, 40, 2, 16),
    /** FreeBSD 9 to 13; as recorded from 12.1. */
    FREEBSD_12(Dialect.V1301, 44, 2, 13),
    /** FreeBSD 14. */
    FREEBSD_14(Dialect.V1400, 64, 2, 15),
    /** FreeBSD 15. */
    FREEBSD_15(Dialect.V1500, 64, 2, 17);

    private static final List<QueueKind> FREEBSD_ORDER =
            List.of(QueueKind.INS, QueueKind.IACK, QueueKind.UPD, QueueKind.UPD_C, QueueKind.DEL);
    private static final List<QueueKind> OPENBSD_ORDER =
            List.of(QueueKind.IACK, QueueKind.UPD_C, QueueKind.DEL, QueueKind.INS, QueueKind.UPD);

    final Dialect dialect;
    final int emptyPacket;
    final int buckets;
    final int actionLimit;

    PfSystem(Dialect dialect, int emptyPacket, int buckets, int actionLimit) {
        this.dialect = dialect;
        this.emptyPacket = emptyPacket;
        this.buckets = buckets;
        this.actionLimit = actionLimit;
    }

    public Dialect dialect() {
        return dialect;
    }

    boolean isFreeBsd() {
        return this == FREEBSD_12 || this == FREEBSD_14 || this == FREEBSD_15;
    }

    /** FreeBSD 14 and later: a failed INS and a full DEL count as bad action. */
    boolean isFreeBsd14() {
        return this == FREEBSD_14 || this == FREEBSD_15;
    }

    /** The rewrite of 2023. */
    boolean isNewOpenBsd() {
        return this == OPENBSD;
    }

    /** 10.1: in which order the queues stand in a packet. */
    List<QueueKind> order() {
        return isFreeBsd() || this == OPENBSD_45 ? FREEBSD_ORDER : OPENBSD_ORDER;
    }

    /** 9.3: a stale dst is overwritten if src was fresh. */
    boolean copiesStaleDst() {
        return !isNewOpenBsd();
    }

    /** 8.7: a request for an unknown state waits until bucket 0 sends something else. */
    boolean letsRequestsWait() {
        return this == FREEBSD_12;
    }

    /** 11, 25.11: the option does nothing in FreeBSD 12.1. */
    boolean canDefer() {
        return this != FREEBSD_12;
    }

    /** 4.7: a state on an interface that is not here is taken. */
    boolean takesUnknownInterfaces() {
        return !isFreeBsd();
    }

    /** 5.3: first timeout class that is refused. */
    int timeoutLimit() {
        return isFreeBsd14() ? 25 : 20;
    }
}
