package org.pfsyncd.state;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Says "equal" about two tables: 1,024 sums over strong hashes of the records. Owned by the thread
 * that uses it, the table's by the sync agent.
 *
 * <p>Each record adds two hashes, one of what never changes and one of the mutable block, both
 * bound to the state's key, so that an update hashes 80 bytes and not 288. Sums wrap; the order of
 * changes does not matter. Names count by their bytes, because their ids differ between nodes. Left
 * out: marks, dialect, origin node and the local tail ({@code src/docs/state.md} section 6).
 */
public final class TableDigest {
    /** Buckets; a state's is chosen by the hash of its key. */
    static final int BUCKETS = 1024;

    private static final long KEY_SEED = 0x6d69_7272_6f72_0001L;
    private static final long IDENTITY_SEED = 0x1db3_5f96_4c20_0002L;
    private static final long MUTABLE_SEED = 0x5eb6_38c1_97d4_0003L;
    private static final int WORDS_END = StateRecord.RT_ADDR_OFFSET + 12;
    private static final int TAIL_OFFSET = 124;

    private final NameTable names;
    private final long[] buckets = new long[BUCKETS];
    private Recount recount;

    /** Of no state at all. */
    public TableDigest(NameTable names) {
        this.names = names;
    }

    /** Counts a record in. */
    public void add(StateRecord record) {
        long key = keyHash(record);
        change(record, key, identityHash(record, key) + mutableHash(record, key));
    }

    void remove(StateRecord record) {
        long key = keyHash(record);
        change(record, key, -identityHash(record, key) - mutableHash(record, key));
    }

    /** The first half of a change of the mutable block; returns what {@link #endUpdate} wants. */
    long beginUpdate(StateRecord record) {
        long key = keyHash(record);
        change(record, key, -mutableHash(record, key));
        return key;
    }

    void endUpdate(StateRecord record, long token) {
        change(record, token, mutableHash(record, token));
    }

    private void change(StateRecord record, long key, long difference) {
        int bucket = bucket(key);
        buckets[bucket] += difference;
        if (recount != null) {
            recount.onChange(record, bucket, difference);
        }
    }

    /** Who hears of each change from now on; null: nobody. */
    void followedBy(Recount follower) {
        recount = follower;
    }

    /** Adds to one sum. */
    void shift(int bucket, long difference) {
        buckets[bucket] += difference;
    }

    /** Makes the sums those of {@code other}; returns how many were not. */
    int take(TableDigest other) {
        int different = 0;
        for (int i = 0; i < BUCKETS; i++) {
            different += buckets[i] == other.buckets[i] ? 0 : 1;
            buckets[i] = other.buckets[i];
        }
        return different;
    }

    /** What {@link #add} adds for a record: equal for two nodes if their copies are. */
    long recordHash(StateRecord record) {
        long key = keyHash(record);
        return identityHash(record, key) + mutableHash(record, key);
    }

    /** The bucket that a record counts in. */
    int bucketOf(StateRecord record) {
        return bucket(keyHash(record));
    }

    /** Of what never changes, with names by their bytes; creation and counts left out. */
    long fixedHash(StateRecord record) {
        return fixedHash(record, IDENTITY_SEED);
    }

    void clear() {
        Arrays.fill(buckets, 0);
    }

    long bucket(int index) {
        return buckets[index];
    }

    /** Equal for two sets of records exactly if they are equal. */
    public long value() {
        long hash = KEY_SEED;
        for (long bucket : buckets) {
            hash = Hash.step(hash, bucket);
        }
        return Hash.finish(hash);
    }

    private static int bucket(long keyHash) {
        return (int) (keyHash >>> 54);
    }

    private long keyHash(StateRecord record) {
        long hash = Hash.step(KEY_SEED, record.id());
        hash = Hash.step(hash, record.creatorId());
        return Hash.finish(Hash.step(hash, names.hash(record.realm())));
    }

    /** Bytes 16 to 208: words up to the route address's last four bytes, names, words again. */
    private long identityHash(StateRecord record, long key) {
        DirectBuffer buffer = record.buffer();
        int offset = record.offset();
        long hash = fixedHash(record, Hash.step(IDENTITY_SEED, key));
        for (int i = StateRecord.CREATED_AT_MS_OFFSET;
                i < StateRecord.MUTABLE_OFFSET;
                i += Long.BYTES) {
            hash = Hash.step(hash, buffer.getLong(offset + i, LITTLE_ENDIAN));
        }
        return Hash.finish(hash);
    }

    private long fixedHash(StateRecord record, long seed) {
        DirectBuffer buffer = record.buffer();
        int offset = record.offset();
        long hash = seed;
        for (int i = StateRecord.WIRE_ADDR0_OFFSET; i < WORDS_END; i += Long.BYTES) {
            hash = Hash.step(hash, buffer.getLong(offset + i, LITTLE_ENDIAN));
        }
        hash = Hash.step(hash, buffer.getInt(offset + WORDS_END, LITTLE_ENDIAN));
        hash = Hash.step(hash, names.hash(record.rtIfname()));
        hash = Hash.step(hash, names.hash(record.ifname()));
        hash = Hash.step(hash, names.hash(record.origIfname()));
        hash = Hash.step(hash, names.hash(record.tag()));
        hash = Hash.step(hash, buffer.getInt(offset + TAIL_OFFSET, LITTLE_ENDIAN));
        for (int i = TAIL_OFFSET + 4; i < StateRecord.CREATED_AT_MS_OFFSET; i += Long.BYTES) {
            hash = Hash.step(hash, buffer.getLong(offset + i, LITTLE_ENDIAN));
        }
        return hash;
    }

    /** Bytes 208 to 285: both peers, times, class. */
    private static long mutableHash(StateRecord record, long key) {
        DirectBuffer buffer = record.buffer();
        int offset = record.offset();
        long hash = Hash.step(MUTABLE_SEED, key);
        for (int i = StateRecord.MUTABLE_OFFSET;
                i < StateRecord.LIFETIME_S_OFFSET;
                i += Long.BYTES) {
            hash = Hash.step(hash, buffer.getLong(offset + i, LITTLE_ENDIAN));
        }
        return Hash.finish(Hash.step(hash, (record.lifetimeS() << 8) | record.timeout()));
    }
}
