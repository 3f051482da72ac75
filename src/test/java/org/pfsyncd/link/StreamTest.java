package org.pfsyncd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.PeerCounter;

/** Two ends with something to say: every entry arrives, once, in order, whatever the path does. */
class StreamTest {
    @Test
    void shouldDeliverBothWaysOnASoundPath() {
        TwoEnds ends = new TwoEnds(1).start();
        ends.a.feed.available = 300;
        ends.b.feed.available = 200;
        ends.await("all", 2_000, () -> hasAll(ends));
        assertEquals(0, ends.a.count(PeerCounter.LINK_RESENT_BYTES));
        assertEquals(0, ends.b.count(PeerCounter.LINK_GAPS));
        assertEquals(0, ends.b.count(PeerCounter.LINK_BAD_WINDOW));
        assertEquals(1, ends.a.feed.starts);
    }

    @Property(tries = 30)
    void shouldDeliverWhateverThePathDoes(@ForAll @LongRange(min = 0, max = 1L << 40) long seed) {
        TwoEnds ends = new TwoEnds(seed).start();
        for (Wire wire : new Wire[] {ends.aToB, ends.bToA}) {
            wire.loss = wire.random.nextDouble() * 0.3;
            wire.duplication = wire.random.nextDouble() * 0.3;
            wire.jitterNs = wire.random.nextInt(2_000_000);
        }
        ends.a.feed.available = 150;
        ends.b.feed.available = 150;
        ends.await("all", 120_000, () -> hasAll(ends));
        assertEquals(0, ends.a.count(PeerCounter.LINK_BAD_WINDOW));
        assertEquals(0, ends.b.count(PeerCounter.LINK_BAD_ENTRY));
    }

    private static boolean hasAll(TwoEnds ends) {
        return ends.b.knownSequence == ends.a.feed.available
                && ends.a.knownSequence == ends.b.feed.available;
    }

    @Test
    void shouldSendNoMoreThanTheWindowToAnEndThatTakesNothingOut() {
        TwoEnds ends = new TwoEnds(3).start();
        AtomicLong furthest = new AtomicLong();
        ends.aToB.spy = frame -> furthest.accumulateAndGet(endOf(frame), Math::max);
        ends.awaitUp(500);
        ends.b.isTaking = false;
        ends.a.feed.available = 2_000;
        ends.runMs(500);
        assertEquals(ends.windowBytes, furthest.get(), "all of the window, and not a byte more");
        assertTrue(ends.a.count(PeerCounter.LINK_WINDOW_FULL) > 0);
        assertEquals(0, ends.b.count(PeerCounter.LINK_BAD_WINDOW));
        assertTrue(ends.b.link.isUp(), "an end that is full is not silent");
        ends.b.isTaking = true;
        ends.await("the rest", 10_000, () -> ends.b.knownSequence == 2_000);
    }

    private static long endOf(byte[] bytes) {
        UnsafeBuffer frame = new UnsafeBuffer(bytes);
        if (LinkFrame.type(frame, 0) != LinkFrame.DATA) {
            return 0;
        }
        long start = frame.getLong(LinkFrame.HEADER_LENGTH, java.nio.ByteOrder.LITTLE_ENDIAN);
        return start + bytes.length - LinkFrame.HEADER_LENGTH - Long.BYTES;
    }

    @Test
    void shouldFindThatLargeFramesVanish() {
        TwoEnds ends = new TwoEnds(4).start();
        ends.aToB.swallowedAbove = 900;
        ends.a.feed.available = 300;
        ends.await("all", 10_000, () -> ends.b.knownSequence == 300);
        // 1,480, 1,110, 832.
        assertEquals(2, ends.a.count(PeerCounter.LINK_BLACK_HOLES));
    }

    @Test
    void shouldFindAFrameThatPassesBelowALimitThatNoFrameHas() {
        TwoEnds ends = new TwoEnds(5).start();
        ends.aToB.frameLimit = 65_515;
        ends.aToB.swallowedAbove = 7_000;
        ends.a.feed.available = 300;
        ends.await("all", 10_000, () -> ends.b.knownSequence == 300);
        // 9,000, 6,750.
        assertEquals(1, ends.a.count(PeerCounter.LINK_BLACK_HOLES));
    }

    @Test
    void shouldGreetThroughAPathThatSwallowsLargeGreetings() {
        TwoEnds ends = new TwoEnds(6).start();
        ends.a.memberCount = Hello.MEMBERS_LIMIT;
        ends.aToB.swallowedAbove = PathSize.MINIMUM;
        ends.awaitUp(3_000);
    }

    @Test
    void shouldGreetWithinTheLaneWhateverTheNumberOfMembers() {
        TwoEnds ends = new TwoEnds(7).start();
        ends.a.memberCount = Hello.MEMBERS_LIMIT;
        ends.aToB.frameLimit = 1_280 - 48;
        ends.awaitUp(200);
        assertEquals(0, ends.a.count(PeerCounter.LINK_SEND_ERRORS));
    }

    @Test
    void shouldKeepTheRate() {
        TwoEnds ends = new TwoEnds(8);
        ends.rateBytesPerSecond = 1 << 20;
        ends.windowBytes = 4 << 20;
        ends.start();
        ends.awaitUp(500);
        AtomicLong furthest = new AtomicLong();
        ends.aToB.spy = frame -> furthest.accumulateAndGet(endOf(frame), Math::max);
        ends.a.feed.available = 100_000;
        ends.runMs(2_000);
        long most = 2 * ends.rateBytesPerSecond + ends.rateBytesPerSecond / 100 + 1_480;
        assertTrue(furthest.get() <= most, furthest + " of at most " + most);
        assertTrue(furthest.get() >= most * 9 / 10, furthest + " of at most " + most);
    }

    @Test
    void shouldGoOnWhereARestartedEndStands() {
        TwoEnds ends = new TwoEnds(9).start();
        ends.a.feed.available = 200;
        ends.await("some", 5_000, () -> ends.b.knownSequence >= 50);
        long had = ends.b.knownSequence;
        ends.b = ends.new End(2, ends.bToA);
        ends.b.knownIncarnation = 1;
        ends.b.knownSequence = had;
        ends.await("all", 5_000, () -> ends.b.knownSequence == 200);
        assertEquals(200 - had, ends.b.entries, "nothing twice");
        assertEquals(2, ends.a.feed.starts);
    }

    @Test
    void shouldSendAllAgainToAnEndThatLostItsTable() {
        TwoEnds ends = new TwoEnds(10).start();
        ends.a.feed.available = 20;
        ends.await("all", 5_000, () -> ends.b.knownSequence == 20);
        ends.b = ends.new End(2, ends.bToA);
        ends.await("all again", 5_000, () -> ends.b.knownSequence == 20);
    }

    @Test
    void shouldComeBackAfterACutWithoutLoss() {
        TwoEnds ends = new TwoEnds(11).start();
        ends.a.feed.available = 20;
        ends.awaitUp(500);
        ends.aToB.isCut = true;
        ends.bToA.isCut = true;
        ends.a.feed.available = 120;
        ends.await("the end", 4_000, () -> !ends.a.link.isUp() && !ends.b.link.isUp());
        ends.runMs(20_000);
        ends.aToB.isCut = false;
        ends.bToA.isCut = false;
        ends.await("all", 6_000, () -> ends.b.knownSequence == 120);
    }

    @Test
    void shouldComeBackAfterACutOfOneWay() {
        TwoEnds ends = new TwoEnds(12).start();
        ends.awaitUp(500);
        ends.aToB.isCut = true;
        ends.await("the end at b", 4_000, () -> !ends.b.link.isUp());
        ends.runMs(10_000);
        ends.aToB.isCut = false;
        ends.awaitUp(6_000);
        ends.a.feed.available = 30;
        ends.await("all", 5_000, () -> ends.b.knownSequence == 30);
    }
}
