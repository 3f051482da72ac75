package org.pfsyncd.state;

import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** The map and the digest of a table, each alone, for micro benchmarks. */
public final class Stores implements AutoCloseable {
    private final StateStore store;
    private final TableDigest digest;

    public Stores(long capacity, NameTable names, TableMemory memory) {
        store = new StateStore(capacity, memory);
        digest = new TableDigest(names);
    }

    /** The state in place, or null. */
    public StateRecord get(long id, int creatorId) {
        return store.get(0, id, creatorId);
    }

    public boolean put(StateRecord record) {
        return store.put(record);
    }

    public boolean putIfAbsent(StateRecord record) {
        return store.putIfAbsent(record);
    }

    public void remove(StateRecord record) {
        store.remove(record);
    }

    public void digestAdd(StateRecord record) {
        digest.add(record);
    }

    /** Both halves of what an update costs the digest. */
    public void digestUpdate(StateRecord record) {
        digest.endUpdate(record, digest.beginUpdate(record));
    }

    /** One number of all buckets. */
    public long digestValue() {
        return digest.value();
    }

    @Override
    public void close() {
        store.close();
    }
}
