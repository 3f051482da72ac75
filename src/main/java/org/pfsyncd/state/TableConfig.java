package org.pfsyncd.state;

/**
 * How a mirror behaves. Immutable.
 *
 * @param capacity most states, 1 to 67,108,864. Off-heap memory is about 425 bytes a state of
 *     capacity; with {@link TableMemory#AS_TOUCHED} 60 of them at once, the rest as states come.
 * @param timeouts life of a state by class, seconds.
 * @param expiryGraceMs how long after its end a state is kept, because the firewall that made it
 *     may know a longer timeout and another node's timer is not ours to anticipate (spec pfsync.md
 *     section 14.3).
 * @param tombstones memory of the dead.
 * @param hashSeed scatters the key index; give it a random value where strangers choose addresses
 *     and ports. It changes the order in which due states expire, nothing else.
 * @param memory hears of the memory the table reserves.
 */
public record TableConfig(
        long capacity,
        Timeouts timeouts,
        long expiryGraceMs,
        TombstoneLimits tombstones,
        long hashSeed,
        TableMemory memory) {
    /** Largest capacity. */
    public static final long CAPACITY_LIMIT = 64L << 20;

    public static final long DEFAULT_EXPIRY_GRACE_MS = 10_000;

    public TableConfig {
        if (capacity < 1 || capacity > CAPACITY_LIMIT) {
            throw new IllegalArgumentException(
                    "capacity " + capacity + " is not within 1 to " + CAPACITY_LIMIT + " states");
        }
        if (expiryGraceMs < 0) {
            throw new IllegalArgumentException("expiry grace " + expiryGraceMs + " ms is below 0");
        }
    }

    /** The defaults: pf's timeouts, 10 s of grace, a minute of tombstones. */
    public static TableConfig ofCapacity(long capacity) {
        return new TableConfig(
                capacity,
                Timeouts.DEFAULT,
                DEFAULT_EXPIRY_GRACE_MS,
                TombstoneLimits.DEFAULT,
                0x7066_7379_6e63_6401L,
                TableMemory.AS_TOUCHED);
    }

    public TableConfig withTimeouts(Timeouts timeouts) {
        return new TableConfig(capacity, timeouts, expiryGraceMs, tombstones, hashSeed, memory);
    }

    public TableConfig withExpiryGraceMs(long expiryGraceMs) {
        return new TableConfig(capacity, timeouts, expiryGraceMs, tombstones, hashSeed, memory);
    }

    public TableConfig withTombstones(TombstoneLimits tombstones) {
        return new TableConfig(capacity, timeouts, expiryGraceMs, tombstones, hashSeed, memory);
    }

    public TableConfig withHashSeed(long hashSeed) {
        return new TableConfig(capacity, timeouts, expiryGraceMs, tombstones, hashSeed, memory);
    }

    public TableConfig withMemory(TableMemory memory) {
        return new TableConfig(capacity, timeouts, expiryGraceMs, tombstones, hashSeed, memory);
    }

    /**
     * How long and how many deleted states are remembered.
     *
     * @param keepMs milliseconds, at least 0.
     * @param count 1 to 1,048,576; the oldest gives way. About 52 bytes of heap each.
     */
    public record TombstoneLimits(long keepMs, int count) {
        public static final TombstoneLimits DEFAULT = new TombstoneLimits(60_000, 65_536);

        public TombstoneLimits {
            if (keepMs < 0 || count < 1 || count > 1 << 20) {
                throw new IllegalArgumentException(
                        "tombstones " + keepMs + " ms, " + count + ": out of range");
            }
        }
    }
}
