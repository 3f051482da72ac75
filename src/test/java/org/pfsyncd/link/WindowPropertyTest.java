package org.pfsyncd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Both windows against the plainest model there is: which bytes have come, and what they were. */
class WindowPropertyTest {
    private static final int CAPACITY = 1_024;

    private ReceiveWindow window = new ReceiveWindow(CAPACITY);

    /** The byte of a stream at an offset: distinct for offsets that share a place in the ring. */
    private static byte at(long offset) {
        return (byte) (offset * 31 + (offset >> 10) * 7);
    }

    private static UnsafeBuffer piece(long start, int length) {
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[length + 3]);
        for (int i = 0; i < length; i++) {
            bytes.putByte(3 + i, at(start + i));
        }
        return bytes;
    }

    private boolean put(long start, int length) {
        return window.put(start, piece(start, length), 3, length);
    }

    @Property(tries = 300)
    void shouldPutTogetherWhatAModelDoes(@ForAll long seed) {
        Random random = new Random(seed);
        window = new ReceiveWindow(CAPACITY);
        BitSet arrived = new BitSet();
        UnsafeBuffer out = new UnsafeBuffer(new byte[CAPACITY]);
        int longest = 1 + random.nextInt(200);
        for (int step = 0; step < 400; step++) {
            long start = Math.max(0, window.consumed() - 50) + random.nextInt(CAPACITY + 100);
            int length = (int) Math.min(random.nextInt(longest), window.limit() - start);
            if (window.takes(start, length)) {
                putAndModel(arrived, (int) start, length);
            }
            check(arrived);
            if (window.available() > 0 && random.nextInt(3) == 0) {
                int taken = 1 + random.nextInt(window.available());
                take(taken, out);
            }
        }
    }

    private void putAndModel(BitSet arrived, int start, int length) {
        boolean isNews = arrived.get(start, start + length).cardinality() < length;
        int before = window.rangeCount();
        boolean wasTaken = put(start, length);
        boolean isRefused = isNews && !wasTaken;
        assertTrue(isNews || !wasTaken, "a piece that brings nothing");
        assertTrue(!isRefused || before == ReceiveWindow.RANGES_LIMIT, "dropped without need");
        if (wasTaken) {
            arrived.set(start, start + length);
        }
    }

    private void check(BitSet arrived) {
        assertEquals(arrived.nextClearBit(0), window.contiguous());
        assertEquals(Math.max(arrived.length(), window.contiguous()), window.furthest());
        int at = (int) window.contiguous();
        for (int i = 0; i < window.rangeCount(); i++) {
            assertEquals(arrived.nextSetBit(at), window.rangeStart(i));
            at = arrived.nextClearBit((int) window.rangeStart(i));
            assertEquals(at, window.rangeEnd(i));
        }
        assertEquals(-1, arrived.nextSetBit(at), "a range that the window does not know");
    }

    private void take(int length, UnsafeBuffer out) {
        window.peek(length, out);
        DirectBuffer direct = window.inPlace(length);
        for (int i = 0; i < length; i++) {
            byte expected = at(window.consumed() + i);
            assertEquals(expected, out.getByte(i), "offset " + (window.consumed() + i));
            if (direct != null) {
                assertEquals(expected, direct.getByte(window.front() + i));
            }
        }
        window.consume(length);
    }

    @Property(tries = 100)
    void shouldKeepWhatWasNotAcknowledged(@ForAll long seed) {
        Random random = new Random(seed);
        SendWindow sending = new SendWindow(CAPACITY);
        UnsafeBuffer out = new UnsafeBuffer(new byte[CAPACITY + 5]);
        for (int step = 0; step < 300; step++) {
            int length = random.nextInt(sending.room() + 1);
            sending.append(piece(sending.written(), length), 3, length);
            int held = (int) (sending.written() - sending.acknowledged());
            assertEquals(CAPACITY - held, sending.room());
            if (held > 0) {
                long from = sending.acknowledged() + random.nextInt(held);
                int some = 1 + random.nextInt((int) (sending.written() - from));
                sending.copy(from, some, out, 5);
                for (int i = 0; i < some; i++) {
                    assertEquals(at(from + i), out.getByte(5 + i));
                }
            }
            sending.acknowledge(sending.acknowledged() + random.nextInt(held + 1));
        }
    }

    @Test
    void shouldPassOverAcknowledgementsFromOutsideOfTheWindow() {
        SendWindow sending = new SendWindow(CAPACITY);
        sending.append(piece(0, 100), 3, 100);
        for (long lie : new long[] {-1, 0, 101, Long.MAX_VALUE, Long.MIN_VALUE}) {
            sending.acknowledge(lie);
            assertEquals(0, sending.acknowledged(), "after " + lie);
        }
        sending.acknowledge(100);
        assertEquals(100, sending.acknowledged());
        sending.acknowledge(99);
        assertEquals(100, sending.acknowledged(), "never back");
    }

    @Test
    void shouldTakeExactlyWhatTheWindowHolds() {
        assertTrue(window.takes(0, CAPACITY));
        assertFalse(window.takes(0, CAPACITY + 1));
        assertTrue(window.takes(CAPACITY - 1, 1));
        assertFalse(window.takes(CAPACITY, 1));
        assertFalse(window.takes(-1, 1));
        assertFalse(window.takes(0, -1));
        put(0, 10);
        window.consume(10);
        assertTrue(window.takes(CAPACITY, 10));
        assertFalse(window.takes(CAPACITY, 11));
        assertTrue(window.takes(0, 5), "what was taken out already is a repetition");
    }

    @Test
    void shouldNotTakeAnOffsetThatWraps() {
        put(0, 200);
        for (int back = 0; back < 300; back++) {
            assertFalse(window.takes(Long.MAX_VALUE - back, 100), "back " + back);
        }
    }

    @Test
    void shouldDropTheSixtyFifthPieceBeyondTheGapAndTakeItLater() {
        for (int i = 0; i < ReceiveWindow.RANGES_LIMIT; i++) {
            assertTrue(put(1 + 2L * i, 1));
        }
        long further = 1 + 2L * ReceiveWindow.RANGES_LIMIT;
        assertFalse(put(further, 1));
        assertEquals(ReceiveWindow.RANGES_LIMIT, window.rangeCount());
        assertTrue(put(2, 1), "what joins two of them needs no room");
        assertEquals(ReceiveWindow.RANGES_LIMIT - 1, window.rangeCount());
        assertTrue(put(further, 1));
        assertTrue(put(0, 1));
        assertEquals(4, window.contiguous());
    }

    @Test
    void shouldForgetEverythingForANewConversation() {
        put(0, 300);
        put(400, 10);
        window.consume(200);
        window.reset();
        assertEquals(0, window.contiguous());
        assertEquals(0, window.rangeCount());
        assertEquals(CAPACITY, window.limit());
        assertTrue(put(0, 1));
    }
}
