package org.pfsyncd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.PeerCounter;

/** Two whole ends, both halves each, over two {@link Wire}s, stepped in virtual time. */
final class TwoEnds {
    static final long STEP_NS = 100_000;

    final long seed;
    final Wire aToB;
    final Wire bToA;
    End a;
    End b;
    int windowBytes = 256 << 10;
    long rateBytesPerSecond;
    long nowNs = 5_000_000_000L;
    long stepNs = STEP_NS;

    /** Length of every entry's content, or below 0 for chance. */
    int contentLength = -1;

    /** Told of every entry that B takes in: its number. */
    LongConsumer taken = number -> {};

    private int lives;

    TwoEnds(long seed) {
        this.seed = seed;
        aToB = new Wire(seed * 2 + 1);
        bToA = new Wire(seed * 2 + 2);
    }

    TwoEnds start() {
        aToB.nowNs = nowNs;
        bToA.nowNs = nowNs;
        a = new End(1, aToB);
        b = new End(2, bToA);
        return this;
    }

    void step() {
        nowNs += stepNs;
        aToB.nowNs = nowNs;
        bToA.nowNs = nowNs;
        aToB.deliver(b.link);
        bToA.deliver(a.link);
        a.work();
        b.work();
    }

    void runMs(long ms) {
        for (long i = 0; i < ms * 1_000_000 / stepNs; i++) {
            step();
        }
    }

    void await(String what, long limitMs, BooleanSupplier condition) {
        for (long i = 0; i < limitMs * 1_000_000 / stepNs; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            step();
        }
        throw new AssertionError(
                what + " did not come within " + limitMs + " ms, seed " + seed + ": " + a + b);
    }

    void awaitUp(long limitMs) {
        await("the conversation", limitMs, () -> a.link.isUp() && b.link.isUp());
    }

    /** One side: it ships numbered entries of chance length and checks those that it is sent. */
    final class End extends FakeNode {
        final Wire out;
        final CounterSet<PeerCounter> counters;
        final LinkMailbox mailbox = new LinkMailbox();
        final NumberedFeed feed = new NumberedFeed();
        final PeerLink link;
        final LinkSender sender;
        boolean isTaking = true;

        End(long id, Wire out) {
            super(id, "n" + id);
            this.out = out;
            counters = Counters.inMemory().peer("p");
            String peer = "n" + (3 - id);
            link =
                    new PeerLink(
                            new PeerSettings(peer, "10.0.0.1", "sim", windowBytes, false),
                            new PeerLink.Parts(
                                    out,
                                    this,
                                    mailbox,
                                    counters,
                                    new SplittableRandom(seed * 100 + id + 10L * lives++)));
            sender =
                    new LinkSender(
                            new LinkSender.Settings(id, windowBytes, rateBytesPerSecond),
                            out,
                            feed,
                            mailbox,
                            counters);
        }

        void work() {
            if (isTaking) {
                link.drain(64 << 10);
            }
            link.work(nowNs);
            sender.work(nowNs);
        }

        @Override
        public boolean onEntry(
                PeerLink from, Entry entry, DirectBuffer content, int offset, int length) {
            entries++;
            assertTrue(from.isUp());
            assertEquals(knownSequence + 1, entry.sequence, "order, seed " + seed);
            assertEquals(lengthOf(entry.sequence), length);
            for (int i = 0; i < length; i += 97) {
                assertEquals((byte) (entry.sequence + i), content.getByte(offset + i));
            }
            knownIncarnation = entry.incarnation;
            knownSequence = entry.sequence;
            if (this == b) {
                taken.accept(entry.sequence);
            }
            return true;
        }

        long count(PeerCounter id) {
            return counters.get(id);
        }

        @Override
        public String toString() {
            return "\n"
                    + name
                    + " up="
                    + link.isUp()
                    + " "
                    + link.reason()
                    + " has="
                    + knownSequence
                    + " sent="
                    + feed.sequence
                    + " of "
                    + feed.available;
        }
    }

    private int lengthOf(long sequence) {
        if (contentLength >= 0) {
            return contentLength;
        }
        Random random = new Random(sequence);
        int limit = random.nextInt(8) == 0 ? LinkEntry.CONTENT_LIMIT + 1 : 600;
        return random.nextInt(limit);
    }

    /** A journal of documents 1, 2, 3 and so on, as far as the test lets it grow. */
    final class NumberedFeed implements Feed {
        long available;
        long sequence;
        int starts;
        private boolean isStarted;

        @Override
        public void start(long peerId, int version, long incarnation, long from) {
            isStarted = true;
            starts++;
            sequence = from;
        }

        @Override
        public int next(MutableDirectBuffer into, int offset, int limit) {
            if (!isStarted || sequence == available) {
                return 0;
            }
            sequence++;
            int length = lengthOf(sequence);
            int flags = LinkEntry.FIRST | LinkEntry.LAST;
            LinkEntry.encode(into, offset, LinkEntry.DOCUMENT, flags, length);
            LinkEntry.position(into, offset, 1, sequence);
            for (int i = 0; i < length; i++) {
                into.putByte(offset + LinkEntry.HEADER_LENGTH + i, (byte) (sequence + i));
            }
            return LinkEntry.HEADER_LENGTH + length;
        }

        @Override
        public boolean hasPassed(long incarnation, long to) {
            return sequence >= to;
        }

        @Override
        public long incarnation() {
            return 1;
        }

        @Override
        public long sequence() {
            return sequence;
        }

        @Override
        public boolean isSnapshotAwaited() {
            return false;
        }

        @Override
        public boolean isSnapshotRunning() {
            return false;
        }

        @Override
        public void close() {}
    }
}
