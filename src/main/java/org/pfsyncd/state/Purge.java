package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/**
 * Clears and sweeps in the background: jobs that visit the table one segment a slice. Owned by the
 * sync agent.
 *
 * <p>What a clear hits is gone at once for those who ask by id ({@link #isCleared}) though its
 * memory goes later. All jobs share one cursor, so that many cost no more passes than one.
 */
final class Purge {
    /** Most clears at a time, and most sweeps. */
    static final int JOBS_LIMIT = 64;

    private static final int REMOVALS_PER_SLICE = 512;

    private final Ledger ledger;
    private final Removal removal;
    private final Job[] clears = new Job[JOBS_LIMIT];
    private final Job[] sweeps = new Job[JOBS_LIMIT];
    private final Found found = new Found();
    private int clearCount;
    private int sweepCount;
    private int cursor;

    Purge(Ledger ledger, Removal removal) {
        this.ledger = ledger;
        this.removal = removal;
        for (int i = 0; i < JOBS_LIMIT; i++) {
            clears[i] = new Job();
            sweeps[i] = new Job();
        }
    }

    /**
     * Starts a clear of what is in the table now.
     *
     * @param ifname name id, 0 for all interfaces.
     * @return false if too many are running.
     */
    boolean clear(int realm, int creatorId, int ifname) {
        int i = indexOf(clears, clearCount, realm, creatorId, ifname);
        if (i == JOBS_LIMIT) {
            return false;
        }
        start(clears[i], realm, creatorId, ifname);
        clearCount = Math.max(clearCount, i + 1);
        return true;
    }

    /** Starts a sweep; a running one of the same realm starts again. Realms are fewer than jobs. */
    void sweep(int realm) {
        int i = indexOf(sweeps, sweepCount, realm, 0, 0);
        assert i < JOBS_LIMIT : "more realms than sweeps";
        start(sweeps[i], realm, 0, 0);
        sweepCount = Math.max(sweepCount, i + 1);
    }

    boolean isActive() {
        return clearCount + sweepCount > 0;
    }

    /** True if a running clear has this state on its list. */
    boolean isCleared(StateRecord record) {
        for (int i = 0; i < clearCount; i++) {
            if (clears[i].isClearing(record)) {
                return true;
            }
        }
        return false;
    }

    /** Visits one segment; returns how many states it read and removed. */
    int slice(long nowMs) {
        found.clear();
        int work = 1 + ledger.store().readSegment(cursor, found);
        for (int i = 0; i < found.size(); i++) {
            removal.remove(found.record(i), found.reason(i), nowMs);
        }
        if (found.size() < REMOVALS_PER_SLICE) {
            cursor = (cursor + 1) % ledger.store().segmentCount();
            clearCount = retire(clears, clearCount);
            sweepCount = retire(sweeps, sweepCount);
        }
        return work + found.size();
    }

    private int reasonToRemove(StateRecord record) {
        if (isCleared(record)) {
            return Reason.CLEARED;
        }
        for (int i = 0; i < sweepCount; i++) {
            if (sweeps[i].realm == record.realm() && !record.isConfirmed()) {
                return Reason.SWEPT;
            }
        }
        return 0;
    }

    private void start(Job job, int realm, int creatorId, int ifname) {
        job.realm = realm;
        job.creatorId = creatorId;
        job.ifname = ifname;
        job.ordinalLimit = ledger.nextOrdinal();
        job.segmentsLeft = ledger.store().segmentCount();
    }

    private static int indexOf(Job[] jobs, int count, int realm, int creatorId, int ifname) {
        int i = 0;
        while (i < count && !jobs[i].isFor(realm, creatorId, ifname)) {
            i++;
        }
        return i;
    }

    /** Counts the segment just visited; finished jobs change places with the last. */
    private static int retire(Job[] jobs, int count) {
        int left = count;
        for (int i = count - 1; i >= 0; i--) {
            Job job = jobs[i];
            if (--job.segmentsLeft == 0) {
                left--;
                jobs[i] = jobs[left];
                jobs[left] = job;
            }
        }
        return left;
    }

    /** What to clear or sweep, and how much of the table is still to be visited. */
    private static final class Job {
        private int realm;
        private int creatorId;
        private int ifname;
        private long ordinalLimit;
        private int segmentsLeft;

        boolean isFor(int realm, int creatorId, int ifname) {
            return this.realm == realm && this.creatorId == creatorId && this.ifname == ifname;
        }

        boolean isClearing(StateRecord record) {
            return record.creatorId() == creatorId
                    && record.realm() == realm
                    && record.insertOrdinal() < ordinalLimit
                    && (ifname == 0 || record.ifname() == ifname);
        }
    }

    /** The keys met in one segment: it is read under a lock, so removal comes afterwards. */
    private final class Found implements RecordConsumer {
        private final long[] ids = new long[REMOVALS_PER_SLICE];
        private final int[] creatorIds = new int[REMOVALS_PER_SLICE];
        private final int[] realms = new int[REMOVALS_PER_SLICE];
        private final int[] reasons = new int[REMOVALS_PER_SLICE];
        private int size;

        @Override
        public void onRecord(StateRecord record) {
            int reason = size < REMOVALS_PER_SLICE ? reasonToRemove(record) : 0;
            if (reason != 0) {
                ids[size] = record.id();
                creatorIds[size] = record.creatorId();
                realms[size] = record.realm();
                reasons[size++] = reason;
            }
        }

        void clear() {
            size = 0;
        }

        int size() {
            return size;
        }

        int reason(int i) {
            return reasons[i];
        }

        StateRecord record(int i) {
            return ledger.store().get(realms[i], ids[i], creatorIds[i]);
        }
    }
}
