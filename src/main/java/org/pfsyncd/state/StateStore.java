package org.pfsyncd.state;

import java.nio.ByteBuffer;
import java.util.function.Predicate;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapAbsentEntry;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.map.MapSegmentContext;
import net.openhft.chronicle.map.VanillaChronicleMap;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/**
 * The Chronicle Map behind the table: in memory, records by {@link StateKey}. Owned by the sync
 * agent, its only reader and writer; nothing of Chronicle leaves this class.
 *
 * <p>Assumptions: 1. one thread; 2. entries have one size, so an entry stays where it is until it
 * is removed. Guarantee: what {@link #get} returned may be read and changed in place until then.
 */
final class StateStore implements AutoCloseable {
    private static final int ENTRIES_PER_SEGMENT = 1_000;
    private static final int SEGMENTS_LIMIT = 1 << 16;

    private final ChronicleMap<StateKey, MappedRecord> map;
    private final TableMemory memory;
    private final long address;
    private final StateKey key = new StateKey();
    private final MappedRecord source = new MappedRecord();
    private final MappedRecord current = new MappedRecord();
    private final MappedRecord other = new MappedRecord();
    private final MappedRecord scanned = new MappedRecord();

    /** A predicate, since the map wraps a consumer in a new one at each call. */
    private final Predicate<MapEntry<StateKey, MappedRecord>> shower = this::show;

    private RecordConsumer shownTo;

    StateStore(long capacity, TableMemory tableMemory) {
        memory = tableMemory;
        MappedRecord sample = new MappedRecord();
        UnsafeBuffer room = new UnsafeBuffer(ByteBuffer.allocateDirect(StateRecord.LENGTH));
        sample.wrap(new StateRecord().wrap(room, 0));
        map =
                ChronicleMapBuilder.of(StateKey.class, MappedRecord.class)
                        .name("states")
                        .entries(Math.max(capacity, ENTRIES_PER_SEGMENT))
                        .actualSegments(segments(capacity))
                        .keyReaderAndDataAccess(new StateKey.Reader(), new StateKey.Access())
                        .valueReaderAndDataAccess(
                                new MappedRecord.Reader(), new MappedRecord.Access())
                        .constantKeySizeBySample(new StateKey())
                        .constantValueSizeBySample(sample)
                        .putReturnsNull(true)
                        .removeReturnsNull(true)
                        // Its owner closes it: Chronicle's hook would do so under a table in use.
                        .skipCloseOnExitHook(true)
                        .create();
        VanillaChronicleMap<?, ?, ?> vanilla = (VanillaChronicleMap<?, ?, ?>) map;
        address = vanilla.bsAddress();
        memory.onReserved(address, vanilla.sizeInBytesWithoutTiers());
    }

    /** The state in place, or null. */
    StateRecord get(int realm, long id, int creatorId) {
        return map.getUsing(key.set(realm, id, creatorId), current) == null
                ? null
                : current.record();
    }

    /** As {@link #get}, for a second state beside the first. */
    StateRecord getOther(int realm, long id, int creatorId) {
        return map.getUsing(key.set(realm, id, creatorId), other) == null ? null : other.record();
    }

    /**
     * Copies a record whose key is not in the map.
     *
     * @return false if the map has no room in that key's segment: only keys chosen to fall together
     *     can bring that about below the capacity.
     */
    boolean put(StateRecord record) {
        source.wrap(record);
        try {
            map.put(key.set(record), source);
            return true;
        } catch (IllegalStateException full) {
            return false;
        }
    }

    /**
     * As {@link #put}, but the key may be in the map: one look-up where {@link #get} and put are
     * two.
     *
     * @return false if nothing was copied, because the key is there or because there is no room:
     *     then {@link #get} tells which.
     */
    boolean putIfAbsent(StateRecord record) {
        source.wrap(record);
        try (ExternalMapQueryContext<StateKey, MappedRecord, ?> query =
                map.queryContext(key.set(record))) {
            query.updateLock().lock();
            MapAbsentEntry<StateKey, MappedRecord> absent = query.absentEntry();
            if (absent == null) {
                return false;
            }
            absent.doInsert(query.wrapValueAsData(source));
            return true;
        } catch (IllegalStateException full) {
            return false;
        }
    }

    void remove(StateRecord record) {
        map.remove(key.set(record));
    }

    /** The segment that a record of this key lies in, whether there is one or not. */
    int segmentOf(StateRecord record) {
        try (ExternalMapQueryContext<StateKey, MappedRecord, ?> query =
                map.queryContext(key.set(record))) {
            return query.segmentIndex();
        }
    }

    int segmentCount() {
        return map.segments();
    }

    /** Shows every record of a segment, in place, under the segment's lock; returns how many. */
    int readSegment(int segment, RecordConsumer consumer) {
        try (MapSegmentContext<StateKey, MappedRecord, ?> context = map.segmentContext(segment)) {
            shownTo = consumer;
            context.forEachSegmentEntryWhile(shower);
            return Math.toIntExact(context.size());
        }
    }

    private boolean show(MapEntry<StateKey, MappedRecord> entry) {
        Data<MappedRecord> value = entry.value();
        shownTo.onRecord(value.getUsing(scanned).record());
        return true;
    }

    /** Bytes reserved outside the heap; pages that no state ever touched are not resident. */
    long offHeapBytes() {
        return map.offHeapMemoryUsed();
    }

    @Override
    public void close() {
        if (!map.isClosed()) {
            memory.onRelease(address);
            map.close();
        }
    }

    private static int segments(long capacity) {
        long wanted = Math.max(1, capacity / ENTRIES_PER_SEGMENT);
        return (int) Math.min(SEGMENTS_LIMIT, BitUtil.findNextPositivePowerOfTwo(wanted));
    }
}
