package org.pfsyncd.metrics;

import org.agrona.BufferUtil;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * Allocates {@link CounterSet}s in a pair of buffers, in memory for tests or in the counters file.
 *
 * <p>Used by the thread that wires the daemon; the sets it hands out belong to their agents.
 */
public final class Counters {
    /** Room for the node, 31 groups and 64 peers. */
    private static final int MAX_COUNTERS = 8192;

    private static final int SCOPE_TYPE_ID = 240;
    private static final int ALIGNMENT = 128;

    private final CountersManager manager;
    private final AtomicBuffer values;

    public Counters(AtomicBuffer metadata, AtomicBuffer values) {
        this.values = values;
        manager = new CountersManager(metadata, values);
    }

    /** Counters in memory of their own, for tests and tools. */
    public static Counters inMemory() {
        return new Counters(
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(metadataLength(), ALIGNMENT)),
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(valuesLength(), ALIGNMENT)));
    }

    /** Bytes of the metadata buffer. */
    public static int metadataLength() {
        return MAX_COUNTERS * CountersReader.METADATA_LENGTH;
    }

    /** Bytes of the values buffer. */
    public static int valuesLength() {
        return MAX_COUNTERS * CountersReader.COUNTER_LENGTH;
    }

    /** The counters that exist once. */
    public CounterSet<NodeCounter> node() {
        return allocate(NodeCounter.values(), "");
    }

    /** The counters of one group. */
    public CounterSet<GroupCounter> group(String name) {
        return allocate(GroupCounter.values(), name);
    }

    /**
     * The counters of one peer. Each has one writer, the sync agent or the link agent, as its
     * meaning in the catalogue says.
     */
    public CounterSet<PeerCounter> peer(String name) {
        return allocate(PeerCounter.values(), name);
    }

    private <C extends Enum<C> & CounterId> CounterSet<C> allocate(C[] catalogue, String name) {
        int[] ids = new int[catalogue.length];
        for (C id : catalogue) {
            ids[id.ordinal()] =
                    manager.allocate(
                            name.isEmpty() ? id.label() : name + "/" + id.label(), SCOPE_TYPE_ID);
        }
        return new CounterSet<>(values, ids, name);
    }
}
