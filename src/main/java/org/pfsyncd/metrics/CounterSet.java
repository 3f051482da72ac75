package org.pfsyncd.metrics;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters of one scope: the node, or one group.
 *
 * <p>Assumptions: 1. one thread writes (the owner named in the package that counts); 2. readers are
 * other threads or other processes over the same file. Guarantee: a reader sees each value whole
 * and never sees it go back, because the owner writes with release order and readers read with
 * acquire order. Nothing is allocated after construction.
 */
public final class CounterSet {
    private final AtomicBuffer values;
    private final int[] counterIds;
    private final String name;

    CounterSet(AtomicBuffer values, int[] counterIds, String name) {
        this.values = values;
        this.counterIds = counterIds;
        this.name = name;
    }

    /** The group's name, or empty for the node. */
    public String name() {
        return name;
    }

    public void increment(CounterId id) {
        add(id, 1);
    }

    public void add(CounterId id, long amount) {
        int offset = offset(id);
        values.putLongOrdered(offset, values.getLong(offset) + amount);
    }

    /** For gauges. */
    public void set(CounterId id, long value) {
        values.putLongOrdered(offset(id), value);
    }

    /** For gauges that keep their largest value. */
    public void max(CounterId id, long value) {
        int offset = offset(id);
        if (value > values.getLong(offset)) {
            values.putLongOrdered(offset, value);
        }
    }

    public long get(CounterId id) {
        return values.getLongVolatile(offset(id));
    }

    private int offset(CounterId id) {
        int counterId = counterIds[id.ordinal()];
        assert counterId >= 0 : id + " is not of this scope";
        return CountersReader.counterOffset(counterId);
    }
}
