package org.pfsyncd.support;

import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Makes canonical records for tests: by hand ({@link #tcp}) or at random ({@link #random}).
 *
 * <pre>
 *   StateRecord r = states.tcp(1, 0xa1b2c3d4).wire("10.1.0.10:1000", "10.2.0.10:80").record();
 * </pre>
 *
 * Every call makes a record of its own. All are sound: a decoder accepts what an encoder makes of
 * them.
 */
public final class StateRecords {
    public static final long NOW_MS = 1_700_000_000_000L;

    private final NameTable names;
    private final long nowMs;

    public StateRecords(NameTable names) {
        this(names, NOW_MS);
    }

    public StateRecords(NameTable names, long nowMs) {
        this.names = names;
        this.nowMs = nowMs;
    }

    /** An empty record on a buffer of its own. */
    public static StateRecord blank() {
        return new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0).clear();
    }

    /** An established inbound IPv4 TCP state, floating, with a day to live. */
    public StateRecordBuilder tcp(long id, int creatorId) {
        return new StateRecordBuilder(names, nowMs)
                .identity(id, creatorId)
                .proto(6)
                .peers(4, 4)
                .timeout(2, 86_400)
                .wire("10.1.0.10:1000", "10.2.0.10:80");
    }

    /** An inbound IPv4 UDP state with traffic both ways, floating, with a minute to live. */
    public StateRecordBuilder udp(long id, int creatorId) {
        return new StateRecordBuilder(names, nowMs)
                .identity(id, creatorId)
                .proto(17)
                .peers(2, 2)
                .timeout(8, 60)
                .wire("10.1.0.10:1000", "10.2.0.10:53");
    }

    /**
     * A record with chance values in every field that the dialect carries, as a decoder would have
     * filled it: any family, protocol, names, flags, counters and peers that pass the value checks.
     */
    public StateRecord random(Dialect dialect, Random random) {
        return new RandomStateRecord(names, nowMs, dialect, random).make();
    }

    /** As {@link #random(Dialect, Random)}, the same for the same seed. */
    public StateRecord random(Dialect dialect, long seed) {
        return random(dialect, new Random(seed));
    }
}
