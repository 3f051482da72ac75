package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.Reject;

/**
 * Which counters a refusal moves: the one netstat knows, and the one that says exactly what it was.
 */
final class RejectCounters {
    private static final int COUNT = Reject.values().length;
    private static final GroupCounter[] FAMILY = new GroupCounter[COUNT];
    private static final GroupCounter[] DETAIL = new GroupCounter[COUNT];

    static {
        row(Reject.SHORT_HEADER, GroupCounter.HDROPS, null);
        row(Reject.BAD_VERSION_V1, GroupCounter.BADVER, GroupCounter.BADVER_V1);
        row(Reject.BAD_VERSION_V2, GroupCounter.BADVER, GroupCounter.BADVER_V2);
        row(Reject.BAD_VERSION_V3, GroupCounter.BADVER, GroupCounter.BADVER_V3);
        row(Reject.BAD_VERSION_V4, GroupCounter.BADVER, GroupCounter.BADVER_V4);
        row(Reject.BAD_VERSION_V5_OPENBSD, GroupCounter.BADVER, GroupCounter.BADVER_V5_OPENBSD);
        row(Reject.BAD_VERSION_V5, GroupCounter.BADVER, GroupCounter.BADVER_V5);
        row(Reject.BAD_VERSION_V6, GroupCounter.BADVER, GroupCounter.BADVER_V6);
        row(Reject.BAD_VERSION_OTHER, GroupCounter.BADVER, GroupCounter.BADVER_OTHER);
        row(Reject.BAD_LENGTH_HEADER, GroupCounter.BADLEN, GroupCounter.BADLEN_HEADER);
        row(Reject.BAD_LENGTH_REGION, GroupCounter.BADLEN, GroupCounter.BADLEN_REGION);
        row(Reject.BAD_LENGTH_EOF, GroupCounter.BADLEN, GroupCounter.BADLEN_EOF);
        row(Reject.BAD_ACTION, GroupCounter.BADACT, null);
        row(Reject.BAD_VALUE_TIMEOUT, GroupCounter.BADVAL, GroupCounter.BADVAL_TIMEOUT);
        row(Reject.BAD_VALUE_PEER_STATE, GroupCounter.BADVAL, GroupCounter.BADVAL_PEER_STATE);
        row(Reject.BAD_VALUE_DIRECTION, GroupCounter.BADVAL, GroupCounter.BADVAL_DIRECTION);
        row(Reject.BAD_VALUE_AF, GroupCounter.BADVAL, GroupCounter.BADVAL_AF);
        row(Reject.BAD_VALUE_IFNAME, null, GroupCounter.BADVAL_IFNAME);
        row(Reject.BAD_VALUE_CREATORID, null, GroupCounter.BADVAL_CREATORID);
        row(Reject.NAMES_FULL, null, GroupCounter.INS_LIMIT);
    }

    private RejectCounters() {}

    private static void row(Reject reject, GroupCounter family, GroupCounter detail) {
        FAMILY[reject.ordinal()] = family;
        DETAIL[reject.ordinal()] = detail;
    }

    static void count(CounterSet<GroupCounter> counters, Reject reject) {
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
