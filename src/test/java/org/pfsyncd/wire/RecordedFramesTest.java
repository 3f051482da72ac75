package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecords;

/**
 * What a real kernel sent is read without a complaint, and our encoder would have sent the same.
 */
class RecordedFramesTest {
    private final NameTable names = new NameTable();

    static List<Recorded.Frame> frames() {
        return Recorded.frames();
    }

    @Test
    void shouldHaveFrames() {
        assertTrue(frames().size() > 50);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void shouldReadWithoutComplaintAndEncodeTheSameBytes(Recorded.Frame frame) {
        byte[] bytes = frame.bytes();
        assertEquals(List.of(), RecordingVisitor.walk(bytes, names).rejects());

        FrameEncoder encoder = new FrameEncoder();
        encoder.fingerprint(Arrays.copyOfRange(bytes, 4, 20));
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[9000]);
        encoder.begin(buffer, 0, Dialect.V1301, 9000);
        Reencoder reencoder = new Reencoder(encoder, names, StateRecords.NOW_MS);
        new FrameWalker()
                .walk(new UnsafeBuffer(bytes), 0, bytes.length, FrameWalker.ACCEPT_V5, reencoder);
        assertTrue(reencoder.isComplete());
        String sent = HexFormat.of().formatHex(buffer.byteArray(), 0, encoder.finish());
        assertEquals(frame.hex(), sent);
    }
}
