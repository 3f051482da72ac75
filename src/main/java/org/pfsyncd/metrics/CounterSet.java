package org.pfsyncd.metrics;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * The counters of one scope: the node, one group or one peer.
 *
 * <p>Assumptions: 1. one thread writes (the owner named in the package that counts); 2. readers are
 * other threads or other processes over the same file. Guarantee: a reader sees each value whole
 * and never sees it go back, because the owner writes with release order and readers read with
 * acquire order. Nothing is allocated after construction.
 *
 * @param <C> the catalogue of the scope.
 */
public final class CounterSet<C extends Enum<C> & CounterId> {
    private final AtomicBuffer values;
    private final int[] counterIds;
    private final String name;

    CounterSet(AtomicBuffer values, int[] counterIds, String name) {
        this.values = values;
        this.counterIds = counterIds;
        this.name = name;
    }

    /** The group's or peer's name, or empty for the node. */
    public String name() {
        return name;
    }

    public void increment(C id) {
        add(id, 1);
    }

    public void add(C id, long amount) {
        int offset = offset(id);
        values.putLongOrdered(offset, values.getLong(offset) + amount);
    }

    /** For gauges. */
    public void set(C id, long value) {
        values.putLongOrdered(offset(id), value);
    }

    /** For gauges that keep their largest value. */
    public void max(C id, long value) {
        int offset = offset(id);
        if (value > values.getLong(offset)) {
            values.putLongOrdered(offset, value);
        }
    }

    public long get(C id) {
        return values.getLongVolatile(offset(id));
    }

    private int offset(C id) {
        return CountersReader.counterOffset(counterIds[id.ordinal()]);
    }
}
