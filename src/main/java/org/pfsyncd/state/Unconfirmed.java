package org.pfsyncd.state;

import java.util.Arrays;
import org.pfsyncd.wire.StateRecord;

/**
 * The states that no living source has confirmed, counted by bucket of the digest; and the buckets
 * for which a peer vouches: {@code src/docs/state.md} 9.14. Owned by the sync agent.
 *
 * <p>A peer vouches for a bucket as it stood at a moment. Whatever else comes into it unconfirmed
 * before the pass over the table is complete ends that, so that nothing is confirmed that the peer
 * did not have.
 */
final class Unconfirmed {
    private final Ledger ledger;
    private final int[] inBucket = new int[TableDigest.BUCKETS];
    private final boolean[] isVouchedFor = new boolean[TableDigest.BUCKETS];
    private final RecordConsumer consumer = this::confirm;
    private long count;
    private int vouchedFor;
    private int cursor;
    private int segmentsLeft;

    Unconfirmed(Ledger ledger) {
        this.ledger = ledger;
    }

    long count() {
        return count;
    }

    boolean isEmpty(int bucket) {
        return inBucket[bucket] == 0;
    }

    void add(StateRecord record) {
        int bucket = ledger.digest().bucketOf(record);
        count++;
        inBucket[bucket]++;
        if (isVouchedFor[bucket]) {
            isVouchedFor[bucket] = false;
            vouchedFor--;
        }
    }

    void remove(StateRecord record) {
        count--;
        inBucket[ledger.digest().bucketOf(record)]--;
    }

    /** Every state that a bucket holds now is confirmed by somebody who has the same. */
    void vouchFor(int bucket) {
        if (inBucket[bucket] > 0 && !isVouchedFor[bucket]) {
            isVouchedFor[bucket] = true;
            vouchedFor++;
            segmentsLeft = ledger.store().segmentCount();
        }
    }

    /** Confirms what is vouched for in one segment, if anything is; returns its work, 0: none. */
    int slice() {
        if (vouchedFor == 0) {
            return 0;
        }
        int work = 1 + ledger.store().readSegment(cursor, consumer);
        cursor = (cursor + 1) % ledger.store().segmentCount();
        if (--segmentsLeft <= 0) {
            Arrays.fill(isVouchedFor, false);
            vouchedFor = 0;
        }
        return work;
    }

    private void confirm(StateRecord record) {
        if (!record.isConfirmed() && isVouchedFor[ledger.digest().bucketOf(record)]) {
            ledger.confirm(record, true);
        }
    }
}
