package org.pfsyncd.group;

import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * The table as a group sees it: one realm of it, judged by the merge rules. Implemented by the
 * agent over the state table; answers are {@link org.pfsyncd.wire.Outcome} numbers. Called by the
 * sync agent only.
 */
public interface Mirror {
    /** Names of interfaces and tags, interned; the decoders need it. */
    NameTable names();

    /**
     * Whether what comes next was said by a relay, who repeats what others said: the changes it
     * makes are marked so (state.md 7.1).
     */
    void relayed(boolean isRelayed);

    /** A full new state (INS). The record's realm and origin are set by the mirror. */
    int insert(StateRecord received, long nowMs);

    /** A full update (UPD); an unknown state is inserted. */
    int update(StateRecord received, long nowMs);

    /** A short update (UPD_C). */
    int updateCompressed(UpdateView update, long nowMs);

    /**
     * DEL and DEL_C: DELETED; TOMBSTONED if its end was heard a moment ago; UNKNOWN if not, or if
     * an operator took it out of the table, of which no firewall hears.
     */
    int delete(long id, int creatorId, long nowMs);

    /**
     * CLR: every state of the creator.
     *
     * @param ifnameId name id; 0 for all interfaces.
     */
    int clear(int creatorId, int ifnameId, long nowMs);

    /** Removes, in bounded slices, what a completed bulk update has not confirmed. */
    void sweepUnconfirmed(long nowMs);

    /**
     * Copies a state of this realm.
     *
     * @return false if it is not here.
     */
    boolean get(long id, int creatorId, StateRecord into);

    /** Slices in which the whole table can be read. */
    int segmentCount();

    /**
     * Shows this realm's states of one segment, about 1,000, in place.
     *
     * @param segment 0 to {@link #segmentCount} - 1.
     */
    void readSegment(int segment, Reader reader);

    /** Is shown states. */
    interface Reader {
        /** The record is valid during the call and must not be changed. */
        void onState(StateRecord record);
    }

    /** What a short update carries, in canonical form. Reused; valid during the call. */
    final class UpdateView {
        public long id;
        public int creatorId;
        public int timeout;
        public final PeerRecord src = new PeerRecord();
        public final PeerRecord dst = new PeerRecord();

        private final org.agrona.concurrent.UnsafeBuffer peers =
                new org.agrona.concurrent.UnsafeBuffer(new byte[2 * StateRecord.PEER_LENGTH]);

        public UpdateView() {
            src.wrap(peers, 0);
            dst.wrap(peers, StateRecord.PEER_LENGTH);
        }
    }
}
