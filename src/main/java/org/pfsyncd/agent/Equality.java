package org.pfsyncd.agent;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.pfsyncd.journal.JournalPublisher;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.link.LinkNode;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.state.Knowledge;
import org.pfsyncd.state.MirrorTable;

/**
 * Proves a peer's table equal to this one, or finds the buckets that are not: both send their
 * bucket sums each second, within the stream. Owned by the sync agent.
 *
 * <p>A comparison is <em>exact</em> if at that moment each node's table contains the other's, so
 * that they must be equal. Under load it rarely is: then a bucket counts as proven each time its
 * sums are equal, and as different only if they stay so.
 */
final class Equality {
    /** A bucket must have been equal within this time. */
    static final long PROOF_NS = 10_000_000_000L;

    /** Rounds a bucket may differ in flight before it is looked into. */
    private static final int PATIENCE = 3;

    private static final long PERIOD_NS = 1_000_000_000L;

    /** Sums that arrive sooner behind others waited on their way, and count as one round. */
    private static final long ROUND_NS = PERIOD_NS / 2;

    private static final int BUCKETS = MirrorTable.DIGEST_BUCKETS;
    private static final int SUMS_OFFSET = 24;
    private static final int CONFIRMED_OFFSET = SUMS_OFFSET + BUCKETS * Long.BYTES;
    private static final int CONTENT_LENGTH = CONFIRMED_OFFSET + BUCKETS / Byte.SIZE;

    /** From this version of the link on a DIGEST says which buckets are confirmed. */
    private static final int CONFIRMED_VERSION = 2;

    private static final int LIST_LIMIT = 16;
    private static final long LIST_TIMEOUT_NS = 10_000_000_000L;

    private final PeerLink link;
    private final MirrorTable table;
    private final JournalPublisher publisher;
    private final long[] equalNs = new long[BUCKETS];
    private final byte[] streaks = new byte[BUCKETS];
    private final int[] chosen = new int[LIST_LIMIT];
    private long sentNs;
    private boolean hasSent;
    private long comparedNs;
    private long roundNs;
    private int differing = -1;
    private boolean isExact;
    private long verifyRound;
    private long verifySinceNs;
    private long verifyRepairedBefore;
    private long verifyWrongBefore;
    private long verifyRecount;
    private boolean isVerified;
    private long listAskedNs;
    private boolean isListing;

    Equality(PeerLink link, MirrorTable table, JournalPublisher publisher) {
        this.link = link;
        this.table = table;
        this.publisher = publisher;
    }

    /** A conversation begins: what was proven before is not any more. */
    void begin(long nowNs) {
        differing = -1;
        roundNs = nowNs - ROUND_NS;
        hasSent = false;
        isListing = false;
        Arrays.fill(equalNs, nowNs - PROOF_NS - 1);
        Arrays.fill(streaks, (byte) 0);
    }

    /** Sends the sums when they are due. */
    int work(long nowNs) {
        if (!link.isUp() || (hasSent && nowNs - sentNs < PERIOD_NS)) {
            return 0;
        }
        return send(nowNs) ? 1 : 0;
    }

    /** Sends the sums now, if there is room. */
    boolean send(long nowNs) {
        int content = contentLength();
        int index = link.claim(LinkEntry.HEADER_LENGTH + content, true);
        if (index < 0) {
            return false;
        }
        MutableDirectBuffer into = link.entryBuffer();
        LinkEntry.encode(into, index, LinkEntry.DIGEST, 0, content);
        LinkEntry.position(into, index, publisher.incarnation(), publisher.sequence());
        int at = index + LinkEntry.HEADER_LENGTH;
        Knowledge knowledge = table.knowledge();
        int i = knowledge.indexOf(link.peerId());
        into.putLong(at, i < 0 ? 0 : knowledge.incarnation(i), LITTLE_ENDIAN);
        into.putLong(at + 8, i < 0 ? 0 : knowledge.sequence(i), LITTLE_ENDIAN);
        into.putLong(at + 16, table.size(), LITTLE_ENDIAN);
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            into.putLong(
                    at + SUMS_OFFSET + bucket * Long.BYTES,
                    table.bucketDigest(bucket),
                    LITTLE_ENDIAN);
        }
        if (content == CONTENT_LENGTH) {
            putConfirmed(into, at + CONFIRMED_OFFSET);
        }
        link.commit(index);
        sentNs = nowNs;
        hasSent = true;
        return true;
    }

    private int contentLength() {
        return contentLength(link.word().version());
    }

    /** Bytes of a DIGEST's content in a version of the link. */
    static int contentLength(int version) {
        return version < CONFIRMED_VERSION ? CONFIRMED_OFFSET : CONTENT_LENGTH;
    }

    private void putConfirmed(MutableDirectBuffer into, int at) {
        for (int first = 0; first < BUCKETS; first += Byte.SIZE) {
            int bits = 0;
            for (int i = 0; i < Byte.SIZE; i++) {
                bits |= table.isBucketConfirmed(first + i) ? 1 << i : 0;
            }
            into.putByte(at + first / Byte.SIZE, (byte) bits);
        }
    }

    /** The peer's sums, taken at the entry's position, which this table has just reached. */
    boolean compare(
            LinkNode.Entry entry, DirectBuffer content, int offset, int length, long nowNs) {
        if (length != contentLength()) {
            return false;
        }
        int different = 0;
        int round = nowNs - roundNs >= ROUND_NS ? 1 : 0;
        roundNs = round > 0 ? nowNs : roundNs;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            long sum = content.getLong(offset + SUMS_OFFSET + bucket * Long.BYTES, LITTLE_ENDIAN);
            if (sum == table.bucketDigest(bucket)) {
                equalNs[bucket] = nowNs;
                streaks[bucket] = 0;
                if (length == CONTENT_LENGTH && isConfirmed(content, offset, bucket)) {
                    table.vouchForBucket(bucket);
                }
            } else {
                different++;
                int streak = Math.max(1, streaks[bucket] + round);
                streaks[bucket] = (byte) Math.min(Byte.MAX_VALUE, streak);
            }
        }
        isExact = isExact(entry, content, offset);
        differing = different;
        comparedNs = nowNs;
        isVerified = isVerified || unprovenSince(verifySinceNs) == 0;
        link.counters().increment(PeerCounter.LINK_COMPARED);
        if (different > 0) {
            link.counters().increment(PeerCounter.LINK_DIFFERENT);
            ask(nowNs);
        }
        return true;
    }

    private static boolean isConfirmed(DirectBuffer content, int offset, int bucket) {
        int bits = content.getByte(offset + CONFIRMED_OFFSET + bucket / Byte.SIZE);
        return (bits >> bucket % Byte.SIZE & 1) != 0;
    }

    private boolean isExact(LinkNode.Entry entry, DirectBuffer content, int offset) {
        Knowledge knowledge = table.knowledge();
        int i = knowledge.indexOf(link.peerId());
        return i >= 0
                && knowledge.incarnation(i) == entry.incarnation
                && knowledge.sequence(i) == entry.sequence
                && content.getLong(offset, LITTLE_ENDIAN) == publisher.incarnation()
                && content.getLong(offset + 8, LITTLE_ENDIAN) == publisher.sequence();
    }

    /** Asks for a listing of buckets that have no excuse. */
    private void ask(long nowNs) {
        if (isListing && nowNs - listAskedNs < LIST_TIMEOUT_NS) {
            return;
        }
        int count = choose();
        int content = count * Short.BYTES;
        int index = count == 0 ? -1 : link.claim(LinkEntry.HEADER_LENGTH + content, false);
        if (index < 0) {
            if (count > 0) {
                link.counters().increment(PeerCounter.LINK_ANSWERS_DROPPED);
            }
            return;
        }
        MutableDirectBuffer into = link.entryBuffer();
        LinkEntry.encode(into, index, LinkEntry.LIST_REQUEST, 0, content);
        LinkEntry.position(into, index, 0, 0);
        for (int i = 0; i < count; i++) {
            int at = index + LinkEntry.HEADER_LENGTH + i * Short.BYTES;
            into.putShort(at, (short) chosen[i], LITTLE_ENDIAN);
        }
        link.commit(index);
        isListing = true;
        listAskedNs = nowNs;
    }

    /** From the longest suffering on, so that no bucket waits for ever behind others. */
    private int choose() {
        int least = isExact ? 1 : PATIENCE;
        int count = 0;
        for (int streak = Byte.MAX_VALUE; streak >= least; streak--) {
            for (int bucket = 0; bucket < BUCKETS && count < LIST_LIMIT; bucket++) {
                if (streaks[bucket] == streak) {
                    chosen[count++] = bucket;
                }
            }
        }
        return count;
    }

    /** Whether the peer has been asked for a listing that is not complete. */
    boolean isListing() {
        return isListing;
    }

    void onListEnd() {
        isListing = false;
    }

    /**
     * An operator wants a proof that is made from now on; returns the number of the round.
     *
     * @param repairedBefore states repaired so far.
     */
    long startVerify(long nowNs, long repairedBefore) {
        verifySinceNs = nowNs;
        verifyRepairedBefore = repairedBefore;
        verifyWrongBefore = table.recount().wrong();
        verifyRecount = table.recount().start();
        isVerified = false;
        return ++verifyRound;
    }

    long verifyRound() {
        return verifyRound;
    }

    long verifySinceNs() {
        return verifySinceNs;
    }

    long verifyRepairedBefore() {
        return verifyRepairedBefore;
    }

    /** Whether this node's own records have been counted since the round began. */
    boolean isRecounted() {
        return table.recount().ended() >= verifyRecount;
    }

    /** Sums of ours that were found wrong since then: what was compared were not the records. */
    int verifyWrong() {
        return (int) (table.recount().wrong() - verifyWrongBefore);
    }

    /** Whether an exact comparison, or every single bucket since the round began, was equal. */
    boolean isVerified() {
        return isVerified;
    }

    /** Buckets that differed at the last comparison, -1 before the first. */
    int differing() {
        return differing;
    }

    /** When it was. */
    long comparedNs() {
        return comparedNs;
    }

    /** Buckets not proven equal since an instant. */
    int unprovenSince(long sinceNs) {
        int unproven = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            unproven += equalNs[bucket] - sinceNs < 0 ? 1 : 0;
        }
        return unproven;
    }

    /** Whether every bucket was proven equal a moment ago. */
    boolean isProven(long nowNs) {
        return differing >= 0 && unprovenSince(nowNs - PROOF_NS) == 0;
    }
}
