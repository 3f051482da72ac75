package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecords;

/**
 * No input throws or is read beyond its end: each frame lies in a buffer of exactly its length,
 * whose bounds are checked, and whatever is delivered is decoded and encoded again.
 */
class HostileFramesTest {
    private static final Dialect[] DIALECTS = {
        Dialect.V6, Dialect.V1301, Dialect.V1400, Dialect.V1500
    };

    private final NameTable names = new NameTable(64);

    private RecordingVisitor walk(byte[] frame) {
        FrameTorture.run(frame, names);
        return RecordingVisitor.walk(frame, names);
    }

    @Test
    void shouldCheckBoundsInTheseTests() {
        assertTrue(UnsafeBuffer.SHOULD_BOUNDS_CHECK);
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[3]);
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.getInt(0));
    }

    @Property(shrinking = ShrinkingMode.OFF, tries = 300)
    void shouldSurviveRandomBytes(@ForAll @IntRange(max = 0xFFFF) int length, @ForAll long seed) {
        byte[] frame = new byte[length];
        new Random(seed).nextBytes(frame);
        if (length > 0 && (seed & 1) == 0) {
            frame[0] = (byte) ((seed & 2) == 0 ? 5 : 6);
        }
        walk(frame);
    }

    @Property(shrinking = ShrinkingMode.OFF, tries = 2000)
    void shouldSurviveRandomRegionsUnderASoundHeader(
            @ForAll @IntRange(max = 3) int dialectIndex, @ForAll long seed) {
        Random random = new Random(seed);
        FrameBuilder frame = FrameBuilder.of(DIALECTS[dialectIndex]);
        for (int i = random.nextInt(6); i >= 0; i--) {
            byte[] body = new byte[random.nextInt(1200)];
            random.nextBytes(body);
            int words = random.nextBoolean() ? 66 : random.nextInt(256);
            frame.region(random.nextInt(20), words, edge(random)).raw(body);
        }
        walk(frame.bytes());
    }

    private static int edge(Random random) {
        int[] edges = {0, 1, 2, 3, 0x7FFF, 0x8000, 0xFFFF, random.nextInt(0x1_0000)};
        return edges[random.nextInt(edges.length)];
    }

    @Property(shrinking = ShrinkingMode.OFF, tries = 1000)
    void shouldSurviveFlippedBytesOfSoundFrames(@ForAll long seed) {
        Random random = new Random(seed);
        List<byte[]> frames = soundFrames();
        byte[] frame = frames.get(random.nextInt(frames.size())).clone();
        for (int i = random.nextInt(8); i >= 0; i--) {
            frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        }
        walk(frame);
    }

    @Test
    void shouldRefuseATruncatedFrameWhereverItIsCut() {
        for (byte[] frame : soundFrames()) {
            for (int length = 0; length < frame.length; length++) {
                RecordingVisitor visitor = walk(Arrays.copyOf(frame, length));
                Reject expected = length < 20 ? Reject.SHORT_HEADER : Reject.BAD_LENGTH_HEADER;
                assertEquals(List.of(expected), visitor.rejects());
                assertEquals(1, visitor.lines().size(), "nothing is delivered");
            }
        }
    }

    @Test
    void shouldDeliverOnlyWholeRegionsOfAFrameWhoseHeaderAdmitsTheCut() {
        for (byte[] frame : soundFrames()) {
            List<String> whole = RecordingVisitor.walk(frame, names).messages();
            for (int length = 20; length < frame.length; length++) {
                byte[] cut = Arrays.copyOf(frame, length);
                new UnsafeBuffer(cut).putShort(2, Short.reverseBytes((short) length));
                List<String> messages = new ArrayList<>(walk(cut).messages());
                messages.removeIf(line -> line.startsWith("reject"));
                int count = Math.min(messages.size(), whole.size());
                assertEquals(whole.subList(0, count), messages);
            }
        }
    }

    @Test
    void shouldSurviveEveryCountAndLengthOfEveryAction() {
        int[] counts = {0, 1, 2, 0x7FFF, 0x8000, 0xFFFF};
        int[] words = {0, 1, 3, 65, 66, 67, 255};
        for (Dialect dialect : DIALECTS) {
            for (int action = 0; action < 256; action++) {
                for (int count : counts) {
                    for (int word : words) {
                        byte[] frame =
                                FrameBuilder.of(dialect)
                                        .region(action, word, count)
                                        .raw(new byte[264])
                                        .bytes();
                        FrameTorture.run(frame, names);
                    }
                }
            }
        }
    }

    @Test
    void shouldNotGrowTheNameTableBeyondItsCapacity() {
        Random random = new Random(7);
        StateRecords states = new StateRecords(new NameTable());
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            NameTable senders = new NameTable();
            StateRecord record = states.random(Dialect.V1301, random);
            record.ifname(senders.intern("em" + i));
            byte[] frame = FrameBuilder.of(Dialect.V1301).names(senders).insert(record).bytes();
            refused += RecordingVisitor.walk(frame, names).rejects().size();
        }
        assertEquals(65, names.size(), "64 and the empty one");
        assertEquals(1000 - 64, refused);
    }

    private static List<byte[]> soundFrames() {
        List<byte[]> frames = new ArrayList<>();
        Vectors.positive().filter(v -> !v.name().equals("V13")).forEach(v -> frames.add(v.frame()));
        Recorded.frames().forEach(f -> frames.add(f.bytes()));
        return frames;
    }
}
