package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.wire.Reject;

/**
 * Which counters a refusal moves: the one netstat knows, and the one that says exactly what it was.
 */
final class RejectCounters {
    private static final int COUNT = Reject.values().length;
    private static final CounterId[] FAMILY = new CounterId[COUNT];
    private static final CounterId[] DETAIL = new CounterId[COUNT];

    static {
        row(Reject.SHORT_HEADER, CounterId.HDROPS, null);
        row(Reject.BAD_VERSION_V1, CounterId.BADVER, CounterId.BADVER_V1);
        row(Reject.BAD_VERSION_V2, CounterId.BADVER, CounterId.BADVER_V2);
        row(Reject.BAD_VERSION_V3, CounterId.BADVER, CounterId.BADVER_V3);
        row(Reject.BAD_VERSION_V4, CounterId.BADVER, CounterId.BADVER_V4);
        row(Reject.BAD_VERSION_V5_OPENBSD, CounterId.BADVER, CounterId.BADVER_V5_OPENBSD);
        row(Reject.BAD_VERSION_V5, CounterId.BADVER, CounterId.BADVER_V5);
        row(Reject.BAD_VERSION_V6, CounterId.BADVER, CounterId.BADVER_V6);
        row(Reject.BAD_VERSION_OTHER, CounterId.BADVER, CounterId.BADVER_OTHER);
        row(Reject.BAD_LENGTH_HEADER, CounterId.BADLEN, CounterId.BADLEN_HEADER);
        row(Reject.BAD_LENGTH_REGION, CounterId.BADLEN, CounterId.BADLEN_REGION);
        row(Reject.BAD_LENGTH_EOF, CounterId.BADLEN, CounterId.BADLEN_EOF);
        row(Reject.BAD_ACTION, CounterId.BADACT, null);
        row(Reject.BAD_VALUE_TIMEOUT, CounterId.BADVAL, CounterId.BADVAL_TIMEOUT);
        row(Reject.BAD_VALUE_PEER_STATE, CounterId.BADVAL, CounterId.BADVAL_PEER_STATE);
        row(Reject.BAD_VALUE_DIRECTION, CounterId.BADVAL, CounterId.BADVAL_DIRECTION);
        row(Reject.BAD_VALUE_AF, CounterId.BADVAL, CounterId.BADVAL_AF);
        row(Reject.BAD_VALUE_IFNAME, null, CounterId.BADVAL_IFNAME);
        row(Reject.BAD_VALUE_CREATORID, null, CounterId.BADVAL_CREATORID);
        row(Reject.NAMES_FULL, null, CounterId.INS_LIMIT);
    }

    private RejectCounters() {}

    private static void row(Reject reject, CounterId family, CounterId detail) {
        FAMILY[reject.ordinal()] = family;
        DETAIL[reject.ordinal()] = detail;
    }

    static void count(CounterSet counters, Reject reject) {
        if (FAMILY[reject.ordinal()] != null) {
            counters.increment(FAMILY[reject.ordinal()]);
        }
        if (DETAIL[reject.ordinal()] != null) {
            counters.increment(DETAIL[reject.ordinal()]);
        }
    }

    static PfsyncGroup.Cause cause(Reject reject) {
        return switch (reject.family()) {
            case "badver" -> PfsyncGroup.Cause.BAD_VERSION;
            case "badval" -> PfsyncGroup.Cause.BAD_VALUE;
            default -> PfsyncGroup.Cause.BAD_FRAME;
        };
    }
}
