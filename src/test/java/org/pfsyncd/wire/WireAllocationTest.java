package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;

/** The message path allocates nothing: sound frames of every dialect, and refused ones. */
class WireAllocationTest {
    private static final int STEPS_PER_WINDOW = 20_000;
    private static final int ACCEPT_ALL = FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6;

    private final NameTable names = new NameTable();
    private final FrameWalker walker = new FrameWalker();
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer out = new UnsafeBuffer(new byte[9000]);
    private final Reencoder reencoder = new Reencoder(encoder, names, StateRecords.NOW_MS);
    private Object escaped = "";
    private int next;

    private List<UnsafeBuffer> frames() {
        List<UnsafeBuffer> frames = new ArrayList<>();
        Vectors.positive().forEach(v -> frames.add(new UnsafeBuffer(v.frame())));
        Vectors.negative().forEach(v -> frames.add(new UnsafeBuffer(v.frame())));
        StateRecords states = new StateRecords(names);
        for (Dialect dialect : Dialect.values()) {
            if (dialect.stateLength() > 0) {
                FrameBuilder frame = FrameBuilder.of(dialect).names(names);
                for (int seed = 0; seed < 4; seed++) {
                    frame.insert(states.random(dialect, seed));
                }
                frame.clear(1, "em0").updateCompressed(states.random(Dialect.V6, 9)).bulkStart(1);
                frames.add(frame.buffer());
            }
        }
        return frames;
    }

    private void step(List<UnsafeBuffer> frames) {
        UnsafeBuffer frame = frames.get(next);
        next = next + 1 < frames.size() ? next + 1 : 0;
        Dialect dialect = frame.getByte(0) == 6 ? Dialect.V6 : Dialect.V1500;
        encoder.begin(out, 0, dialect, out.capacity());
        walker.walk(frame, 0, frame.capacity(), ACCEPT_ALL, reencoder);
        encoder.finish();
    }

    @Test
    void shouldAllocateNothingForAnyMessageBothWays() {
        List<UnsafeBuffer> frames = frames();
        Allocation.assertNoneInSteadyState(STEPS_PER_WINDOW, () -> step(frames));
    }

    @Test
    void shouldSeeAnObjectThatEscapes() {
        List<UnsafeBuffer> frames = frames();
        Runnable leaking =
                () -> {
                    step(frames);
                    escaped = new IdDecoder();
                };
        long bytes = Allocation.quietestWindowBytes(leaking, STEPS_PER_WINDOW);
        assertTrue(bytes >= 16L * STEPS_PER_WINDOW && escaped != null, () -> "bytes " + bytes);
    }
}
