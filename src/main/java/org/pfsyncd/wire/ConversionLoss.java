package org.pfsyncd.wire;

/**
 * What a state loses on its way into another dialect, by field (spec pfsync.md section 20.3): it is
 * sent without them, as the kernels' own conversions do. Rule, anchor and queue numbers of another
 * system would be lies and are no loss. Stateless.
 */
public final class ConversionLoss {
    /** Route option or next hop. */
    public static final int ROUTE = 1;

    /** State flags that only the old dialect has. */
    public static final int FLAGS = 1 << 1;

    /** Routing table or domain. */
    public static final int TABLE = 1 << 2;

    /** Queues and pipes. */
    public static final int QUEUE = 1 << 3;

    /** The tag. */
    public static final int TAG = 1 << 4;

    /** Least TTL, TOS, MSS and priority. */
    public static final int SCRUB = 1 << 5;

    /** The interface the state was made on, where another one is shown. */
    public static final int INTERFACE = 1 << 6;

    private static final int COMMON_FLAGS = 0x03FF;
    private static final int FLAGS_OF_1301 = 0x00FF;

    private ConversionLoss() {}

    /** The losses of a state that is {@link Representable}, as bits; 0 for none. */
    public static int of(StateRecord record, Dialect dialect) {
        if (record.dialect() == dialect.ordinal()) {
            return 0;
        }
        boolean isFromV6 = record.dialect() == Dialect.V6.ordinal();
        int losses = flags(record, dialect, isFromV6) | route(record, dialect);
        if (dialect == Dialect.V1301) {
            losses |= bit(hasScrub(record), SCRUB);
        }
        if (dialect == Dialect.V6 || dialect == Dialect.V1301) {
            losses |= bit(hasQueue(record), QUEUE);
        }
        if (dialect != Dialect.V6) {
            losses |= bit(hasTable(record, dialect), TABLE);
        }
        if (dialect != Dialect.V1500) {
            boolean isElsewhere =
                    record.origIfname() != 0 && record.origIfname() != record.ifname();
            losses |= bit(record.tag() != 0, TAG) | bit(isElsewhere, INTERFACE);
        }
        return losses;
    }

    private static int flags(StateRecord record, Dialect dialect, boolean isFromV6) {
        int kept =
                dialect == Dialect.V1301
                        ? FLAGS_OF_1301
                        : isFromV6 != (dialect == Dialect.V6) ? COMMON_FLAGS : 0xFFFF;
        return bit((record.stateFlags() & ~kept) != 0, FLAGS);
    }

    private static int route(StateRecord record, Dialect dialect) {
        boolean hasRoute = record.rtKind() >= StateLayout.RT_FIRST;
        boolean isCarried =
                dialect == Dialect.V6 || (dialect != Dialect.V1301 && record.rtIfname() != 0);
        return bit(hasRoute && !isCarried, ROUTE);
    }

    private static boolean hasTable(StateRecord record, Dialect dialect) {
        boolean hasDomain = record.wireRdomain() != 0 || record.stackRdomain() != 0;
        boolean hasTwo = record.rtableId1() != record.rtableId0() && record.rtableId1() > 0;
        return hasDomain || hasTwo || (dialect == Dialect.V1301 && record.rtableId0() > 0);
    }

    private static boolean hasQueue(StateRecord record) {
        return (record.qid() | record.pqid() | record.dnpipe() | record.dnrpipe()) != 0;
    }

    private static boolean hasScrub(StateRecord record) {
        return (record.minTtl() | record.setTos() | record.maxMss()) != 0;
    }

    private static int bit(boolean isLost, int bit) {
        return isLost ? bit : 0;
    }
}
