package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.PeerCounter;

/** Frames that lie: nothing throws, each is counted as what it is, and the conversation goes on. */
class HostileLinkFramesTest {
    private static final int MUTATIONS = 100_000;

    private final OneEnd end = new OneEnd().up();

    private void expect(PeerCounter counter, byte[] frame) {
        long before = end.count(counter);
        end.receive(frame);
        assertEquals(before + 1, end.count(counter), counter.label());
        assertTrue(end.link.isUp(), counter.label());
    }

    private byte[] changed(int offset, int value, boolean isSealed) {
        byte[] frame = end.data(0, new byte[100]);
        frame[offset] = (byte) value;
        if (isSealed) {
            end.reseal(frame);
        }
        return frame;
    }

    @Test
    void shouldCountEachFieldThatIsWrong() {
        expect(PeerCounter.LINK_BAD_VERSION, changed(LinkFrame.VERSION_OFFSET, 0, true));
        expect(PeerCounter.LINK_BAD_VERSION, changed(LinkFrame.VERSION_OFFSET, 2, true));
        expect(PeerCounter.LINK_BAD_KEY, changed(LinkFrame.KEY_OFFSET, 1, true));
        expect(PeerCounter.LINK_BAD_KEY, changed(LinkFrame.KEY_OFFSET + 1, 1, true));
        expect(PeerCounter.LINK_BAD_LENGTH, changed(LinkFrame.LENGTH_OFFSET, 0, true));
        expect(PeerCounter.LINK_BAD_LENGTH, changed(LinkFrame.LENGTH_OFFSET + 1, 0xFF, true));
        expect(PeerCounter.LINK_BAD_TYPE, changed(LinkFrame.TYPE_OFFSET, 0, true));
        expect(PeerCounter.LINK_BAD_TYPE, changed(LinkFrame.TYPE_OFFSET, 6, true));
        expect(PeerCounter.LINK_BAD_SESSION, changed(LinkFrame.SESSION_OFFSET, 0x76, true));
        expect(PeerCounter.LINK_BAD_SESSION, changed(LinkFrame.PEER_SESSION_OFFSET, 0, true));
        for (int i = LinkFrame.COUNTER_OFFSET; i < 148; i++) {
            boolean isLength = i == LinkFrame.LENGTH_OFFSET || i == LinkFrame.LENGTH_OFFSET + 1;
            byte[] frame = end.data(0, new byte[100]);
            frame[i] ^= 0x10;
            expect(isLength ? PeerCounter.LINK_BAD_LENGTH : PeerCounter.LINK_BAD_CHECKSUM, frame);
        }
        assertEquals(0, end.node.entries);
    }

    @Test
    void shouldNotSeeAFrameInWhatHasNoHeader() {
        byte[] frame = end.data(0, new byte[100]);
        for (int length = 0; length < LinkFrame.HEADER_LENGTH; length++) {
            assertFalse(PeerLink.isFrame(new UnsafeBuffer(frame), 0, length), "length " + length);
        }
        for (int i = 0; i < 4; i++) {
            byte[] other = frame.clone();
            other[i] ^= 1;
            assertFalse(PeerLink.isFrame(new UnsafeBuffer(other), 0, other.length));
        }
    }

    @Test
    void shouldCountTruncatedAndPaddedFrames() {
        byte[] frame = end.data(0, new byte[100]);
        for (int length = LinkFrame.HEADER_LENGTH; length < frame.length; length++) {
            expect(PeerCounter.LINK_BAD_LENGTH, Arrays.copyOf(frame, length));
        }
        expect(PeerCounter.LINK_BAD_LENGTH, Arrays.copyOf(frame, frame.length + 1));
    }

    @Test
    void shouldTakeNoDataFromOutsideOfTheWindow() {
        byte[] bytes = new byte[100];
        expect(PeerCounter.LINK_BAD_WINDOW, end.data(OneEnd.WINDOW - 99, bytes));
        expect(PeerCounter.LINK_BAD_WINDOW, end.data(-1, bytes));
        expect(PeerCounter.LINK_BAD_WINDOW, end.data(Long.MIN_VALUE, bytes));
        expect(PeerCounter.LINK_BAD_WINDOW, end.data(Long.MAX_VALUE, bytes));
        expect(PeerCounter.LINK_BAD_WINDOW, end.numbers(LinkFrame.DATA));
        expect(PeerCounter.LINK_REPEATED, end.data(0, new byte[0]));
        end.receive(end.data(OneEnd.WINDOW - 100, bytes));
        assertEquals(5, end.count(PeerCounter.LINK_BAD_WINDOW), "the last byte fits");
    }

    /** It once passed the check of the window by wrapping, and wrote over what was there. */
    @Test
    void shouldKeepWhatIsThereWhenAnOffsetWraps() {
        byte[] first = OneEnd.entry(LinkEntry.DOCUMENT, 3, 976, 976);
        Arrays.fill(first, LinkEntry.HEADER_LENGTH, first.length, (byte) 7);
        List<byte[]> contents = new ArrayList<>();
        OneEnd wrapped = new OneEnd(remembering(contents)).up();
        wrapped.receive(wrapped.data(0, Arrays.copyOf(first, 500)));
        for (int back = 0; back < 600; back++) {
            wrapped.receive(wrapped.data(Long.MAX_VALUE - back, new byte[600]));
        }
        wrapped.receive(wrapped.data(500, Arrays.copyOfRange(first, 500, first.length)));
        wrapped.work(1);
        assertEquals(600, wrapped.count(PeerCounter.LINK_BAD_WINDOW));
        assertEquals(1, contents.size());
        byte[] expected = new byte[976];
        Arrays.fill(expected, (byte) 7);
        assertArrayEquals(expected, contents.get(0));
    }

    private static FakeNode remembering(List<byte[]> contents) {
        return new FakeNode(1, "n1") {
            @Override
            public boolean onEntry(
                    PeerLink link, Entry entry, DirectBuffer content, int offset, int length) {
                byte[] bytes = new byte[length];
                content.getBytes(offset, bytes);
                contents.add(bytes);
                return true;
            }
        };
    }

    @Test
    void shouldTakeNoBeatFromOutsideOfTheWindow() {
        expect(PeerCounter.LINK_BAD_WINDOW, end.numbers(LinkFrame.BEAT, OneEnd.WINDOW + 1));
        expect(PeerCounter.LINK_BAD_WINDOW, end.numbers(LinkFrame.BEAT, -1));
        expect(PeerCounter.LINK_BAD_WINDOW, end.numbers(LinkFrame.BEAT, Long.MAX_VALUE));
        expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.BEAT));
        expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.BEAT, 0, 0));
        end.work(1_000_000);
        int before = end.sent.size();
        end.work(1_000_000);
        assertEquals(before, end.sent.size(), "asks for nothing that only a lie announced");
        end.receive(end.numbers(LinkFrame.BEAT, OneEnd.WINDOW));
        end.work(1_000_000);
        assertEquals(1, end.count(PeerCounter.LINK_GAPS));
    }

    @Test
    void shouldTakeNoAcknowledgementOfAWrongLength() {
        expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.ACK));
        expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.ACK, new long[8]));
        for (long ranges : new long[] {1, 9, 1L << 32, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            long[] ack = new long[9];
            ack[8] = ranges;
            expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.ACK, ack));
        }
        long[] nine = new long[9 + 18];
        nine[8] = 9;
        expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.ACK, nine));
    }

    @Test
    void shouldTakeNoAcknowledgementOfImpossibleNumbers() {
        int clocks = end.node.clocks;
        for (int i = 2; i < 8; i++) {
            long[] ack = new long[9];
            ack[i] = -1;
            expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.ACK, ack));
        }
        for (int i = 6; i < 8; i++) {
            long[] ack = new long[9];
            ack[i] = 1L << 45;
            expect(PeerCounter.LINK_BAD_LENGTH, end.numbers(LinkFrame.ACK, ack));
        }
        assertEquals(clocks, end.node.clocks, "a time that cannot be");
        assertEquals(0, end.link.word().ackedSequence());
        end.receive(end.numbers(LinkFrame.ACK, new long[9]));
        assertEquals(clocks + 1, end.node.clocks);
    }

    @Test
    void shouldIgnoreGreetingsWithoutMeaning() {
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.nowMs = -1));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.nowMs = Long.MAX_VALUE));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.clockAgeMs = 1L << 45));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0, 0, h -> {}));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.windowBytes = 0));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.windowBytes = -1));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.knownSequence = -1));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.knownIncarnation = -1));
        expect(PeerCounter.LINK_BAD_SESSION, end.hello(0x99, 0, h -> h.clockAgeMs = -1));
        for (int members : new int[] {1, 12, 13, 255}) {
            byte[] frame = end.hello(0x99, 0, h -> {});
            frame[LinkFrame.HEADER_LENGTH + 120] = (byte) members;
            end.reseal(frame);
            expect(PeerCounter.LINK_BAD_SESSION, frame);
        }
        expect(PeerCounter.LINK_BAD_SESSION, end.numbers(LinkFrame.HELLO, 0));
    }

    @Test
    void shouldShowNoControlCharactersOfAName() {
        OneEnd fresh = new OneEnd();
        fresh.receive(fresh.hello(0x99, 0, h -> h.name = "n2\n\u001b[2J"));
        assertTrue(fresh.link.reason().contains("calls itself n2??[2J"), fresh.link.reason());
        OneEnd another = new OneEnd();
        String hidden = "a\u0080b\u009bc\u202ed\u2066e\u2028f\u2029g\u200bh\ufeffi\u00adj";
        another.receive(another.hello(0x99, 0, h -> h.name = hidden));
        assertTrue(
                another.link.reason().contains("calls itself a?b?c?d?e?f?g?h?i?j,"),
                another.link.reason());
        OneEnd umlaut = new OneEnd();
        umlaut.receive(umlaut.hello(0x99, 0, h -> h.name = "n\u00fcrnberg-\ud83d\udd25"));
        assertTrue(
                umlaut.link.reason().contains("calls itself n\u00fcrnberg-\ud83d\udd25,"),
                umlaut.link.reason());
    }

    @Test
    void shouldEndForEntriesThatLieAboutTheirLength() {
        for (int says : new int[] {-1, Integer.MIN_VALUE, LinkEntry.CONTENT_LIMIT + 1}) {
            OneEnd fresh = new OneEnd().up();
            fresh.receive(fresh.data(0, OneEnd.entry(LinkEntry.DOCUMENT, 3, 10, says)));
            fresh.work(1);
            assertEquals(1, fresh.count(PeerCounter.LINK_BAD_ENTRY), "says " + says);
            assertEquals(0, fresh.node.entries);
        }
        end.receive(end.data(0, OneEnd.entry(LinkEntry.DOCUMENT, 3, 10, 11)));
        end.work(1);
        assertTrue(end.link.isUp(), "a byte is still to come");
        assertEquals(0, end.node.entries);
    }

    @Test
    void shouldSurviveWhateverASenderIsTold() {
        Random random = new Random(31);
        TwoEnds ends = new TwoEnds(31).start();
        ends.awaitUp(500);
        ends.a.feed.available = 400;
        long[] odd = {0, 1, -1, 500, 100_000, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31, 1L << 32};
        ends.bToA.spy =
                bytes -> {
                    UnsafeBuffer frame = new UnsafeBuffer(bytes);
                    if (LinkFrame.type(frame, 0) == LinkFrame.ACK && random.nextInt(3) > 0) {
                        lie(random, odd, frame);
                        end.reseal(bytes);
                    }
                };
        ends.runMs(500);
        ends.bToA.spy = bytes -> {};
        ends.runMs(10_000);
        assertTrue(ends.b.knownSequence <= 400, "a peer that lies harms itself only");
    }

    private static void lie(Random random, long[] odd, UnsafeBuffer ack) {
        int at = LinkFrame.HEADER_LENGTH;
        int words = (ack.capacity() - at) / Long.BYTES;
        int word = random.nextInt(words);
        ack.putLong(at + word * Long.BYTES, odd[random.nextInt(odd.length)], LITTLE_ENDIAN);
    }

    @Test
    void shouldSurviveAHundredThousandMutatedFrames() {
        long seed = Long.getLong("pfsyncd.seed", 20_261_124L);
        Random random = new Random(seed);
        for (int i = 0; i < MUTATIONS; i++) {
            if (!end.link.isUp()) {
                end.receive(end.hello(0x100L + i, 0, h -> {}));
                end.receive(end.hello(0x100L + i, end.ours(), h -> {}));
            }
            byte[] frame = mutate(random, sound(random));
            try {
                end.receive(frame);
                end.work(random.nextInt(2_000_000));
                end.sent.subList(0, Math.max(0, end.sent.size() - 1)).clear();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "mutation " + i + " of seed " + seed + ": " + Arrays.toString(frame), e);
            }
        }
        assertTrue(end.count(PeerCounter.LINK_FRAMES) > MUTATIONS / 10, "many get past the header");
        assertTrue(end.node.entries > 100, end.node.entries + " entries, seed " + seed);
    }

    private byte[] sound(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> end.hello(OneEnd.THEIRS, end.ours(), h -> {});
            case 1 -> end.numbers(LinkFrame.BEAT, random.nextInt(OneEnd.WINDOW));
            case 2 -> end.numbers(LinkFrame.ACK, 0, OneEnd.WINDOW, 1, 1, 1, 1, 0, 0, 1, 5, 9);
            case 3 -> end.refuse(random.nextInt(20) == 0 ? end.ours() : 5);
            default -> {
                int content = random.nextInt(300);
                byte[] entry =
                        OneEnd.entry(1 + random.nextInt(11), random.nextInt(4), content, content);
                yield end.data(0, entry);
            }
        };
    }

    private byte[] mutate(Random random, byte[] sound) {
        byte[] frame = random.nextInt(4) == 0 ? resized(random, sound) : sound;
        UnsafeBuffer view = new UnsafeBuffer(frame);
        boolean isSealed = random.nextInt(4) > 0 && frame.length >= LinkFrame.HEADER_LENGTH;
        if (isSealed) {
            view.putShort(LinkFrame.LENGTH_OFFSET, (short) (frame.length - 48), LITTLE_ENDIAN);
            // Sessions are right, or else little gets far.
            view.putLong(LinkFrame.SESSION_OFFSET, theirs(), LITTLE_ENDIAN);
        }
        int changes = random.nextInt(4);
        for (int i = 0; i < changes && frame.length > 0; i++) {
            int from = isSealed && frame.length > 48 ? 48 : 0;
            frame[from + random.nextInt(frame.length - from)] = (byte) random.nextInt();
        }
        if (isSealed) {
            end.reseal(frame);
        }
        return frame;
    }

    private long theirs() {
        UnsafeBuffer last = new UnsafeBuffer(end.sent.get(end.sent.size() - 1));
        return LinkFrame.peerSession(last, 0);
    }

    private static byte[] resized(Random random, byte[] frame) {
        byte[] other = Arrays.copyOf(frame, random.nextInt(1_400));
        for (int i = frame.length; i < other.length; i++) {
            other[i] = (byte) random.nextInt();
        }
        return other;
    }
}
