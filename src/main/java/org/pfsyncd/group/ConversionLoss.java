package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Counts, field by field, what a full state loses when it goes out in another dialect than it came
 * in (spec pfsync.md section 20.3), and what keeps a state from going out at all. Stateless.
 */
final class ConversionLoss {
    private static final int COMMON_FLAGS = 0x03FF;
    private static final int FLAGS_1301 = 0x00FF;
    private static final int TIMEOUT_SCTP_FIRST = 20;
    private static final int IFNAME_LIMIT = 15;
    private static final int RT_FIRST = 2;
    private static final int RT_LAST = 4;

    private ConversionLoss() {}

    /** Why a state cannot be written in the dialect of a segment. */
    static void countRefused(StateRecord record, CounterSet counters) {
        counters.increment(CounterId.UNREPRESENTABLE);
        if (record.timeout() >= TIMEOUT_SCTP_FIRST) {
            counters.increment(CounterId.UNREPRESENTABLE_TIMEOUT);
        } else if (record.wireProto() != record.stackProto()) {
            counters.increment(CounterId.UNREPRESENTABLE_PROTOCOL);
        } else {
            counters.increment(CounterId.UNREPRESENTABLE_FAMILY);
        }
    }

    /** Whether the name of the state's interface fits the field; a state without one is refused. */
    static boolean isNameFit(StateRecord record, NameTable names) {
        int length = names.bytes(record.ifname()).length;
        return length > 0 && length <= IFNAME_LIMIT;
    }

    /** What is lost; nothing if the state came in the dialect it goes out in. */
    static void count(StateRecord record, Dialect to, CounterSet counters) {
        if (record.dialect() == to.ordinal()) {
            return;
        }
        add(counters, CounterId.LOSS_ROUTE, isRouteLost(record, to));
        add(counters, CounterId.LOSS_FLAGS, isFlagLost(record, to));
        add(counters, CounterId.LOSS_RTABLE, isRtableLost(record, to));
        add(
                counters,
                CounterId.LOSS_RDOMAIN,
                to != Dialect.V6 && (record.wireRdomain() | record.stackRdomain()) != 0);
        add(
                counters,
                CounterId.LOSS_QUEUE,
                (to == Dialect.V6 || to == Dialect.V1301)
                        && (record.qid() | record.pqid() | record.dnpipe() | record.dnrpipe())
                                != 0);
        add(counters, CounterId.LOSS_TAG, to != Dialect.V1500 && record.tag() != 0);
        add(
                counters,
                CounterId.LOSS_ORIG_INTERFACE,
                to != Dialect.V1500
                        && record.origIfname() != 0
                        && record.origIfname() != record.ifname());
        add(
                counters,
                CounterId.LOSS_SCRUB,
                to == Dialect.V1301
                        && (record.minTtl()
                                        | record.setTos()
                                        | record.maxMss()
                                        | record.setPrio0()
                                        | record.setPrio1())
                                != 0);
    }

    private static boolean isRouteLost(StateRecord record, Dialect to) {
        if (record.rtKind() == 0) {
            return false;
        }
        boolean isKnown = record.rtKind() >= RT_FIRST && record.rtKind() <= RT_LAST;
        return to == Dialect.V1301
                || !isKnown
                || (to != Dialect.V6 && record.rtIfname() == 0);
    }

    private static boolean isFlagLost(StateRecord record, Dialect to) {
        boolean isSameFamily =
                (record.dialect() == Dialect.V6.ordinal()) == (to == Dialect.V6);
        int carried =
                to == Dialect.V1301 ? FLAGS_1301 : isSameFamily ? 0xFFFF : COMMON_FLAGS;
        return (record.stateFlags() & ~carried) != 0;
    }

    private static boolean isRtableLost(StateRecord record, Dialect to) {
        int first = record.rtableId0();
        if (to == Dialect.V1301) {
            return first != 0 && first != -1;
        }
        return to != Dialect.V6
                && record.dialect() == Dialect.V6.ordinal()
                && record.rtableId1() != first;
    }

    private static void add(CounterSet counters, CounterId id, boolean isLost) {
        if (isLost) {
            counters.increment(id);
        }
    }
}
