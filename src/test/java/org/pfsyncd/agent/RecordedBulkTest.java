package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.wire.Dialect;

/**
 * What a real kernel sent in a bulk update comes out of our answer again, byte for byte but for the
 * two times, which go on.
 */
class RecordedBulkTest {
    private static final Path ROOT = Path.of("src/test/resources/captures/freebsd-12.1");
    private static final int HEADER = 20;
    private static final int SUBHEADER = 4;
    private static final int STATE = 242;
    private static final int UPD = 3;
    private static final int BUS = 10;

    /** Offset of creation and expire in a 1301 state (spec pfsync.md 4.2). */
    private static final int TIMES = 188;

    @ParameterizedTest
    @CsvSource({"12b-bulk-600-states, 600", "17-two-hosts-bulk, 1"})
    void shouldAnswerWithWhatTheKernelSent(String set, int least) throws IOException {
        List<byte[]> frames = bulkOf(ROOT.resolve(set).resolve(set + ".pcap"));
        Map<Long, byte[]> recorded = states(frames);
        assertTrue(recorded.size() >= least, set + " has " + recorded.size());
        try (GroupLab lab = GroupLab.member(100_000)) {
            lab.prove();
            frames.forEach(frame -> lab.deliver(frame, GroupLab.PROVER, 255, true));
            lab.work();
            lab.port.takeSent();
            lab.deliver(FrameBuilder.of(Dialect.V1301).bulkRequest().bytes());
            for (int i = 0; i < 2_000; i++) {
                lab.advanceMs(1);
            }
            Map<Long, byte[]> answered = states(lab.port.takeSent());
            assertEquals(recorded.keySet(), answered.keySet());
            recorded.forEach(
                    (id, state) ->
                            assertArrayEquals(
                                    state, answered.get(id), "state " + Long.toHexString(id)));
        }
    }

    /** Frames between the first START and the END after it. */
    private static List<byte[]> bulkOf(Path pcap) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        boolean isRunning = false;
        try (CaptureReader reader = CaptureReader.open(pcap)) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                if (packet.kind() != PacketKind.COMPLETE || packet.protocol() != 240) {
                    continue;
                }
                byte[] frame = new byte[packet.payload().capacity()];
                packet.payload().getBytes(0, frame);
                boolean isBus = frame[HEADER] == BUS;
                boolean isEnd = isBus && frame[HEADER + SUBHEADER + 8] == 2;
                if (isRunning && isEnd) {
                    return frames;
                }
                isRunning |= isBus;
                if (isRunning && !isBus) {
                    frames.add(frame);
                }
            }
        }
        return frames;
    }

    /** States of all UPD regions by id, the newest of each, times blanked. */
    private static Map<Long, byte[]> states(List<byte[]> frames) {
        Map<Long, byte[]> found = new HashMap<>();
        for (byte[] frame : frames) {
            if (frame[HEADER] != UPD) {
                continue;
            }
            int count = (frame[HEADER + 2] & 0xFF) << 8 | frame[HEADER + 3] & 0xFF;
            for (int i = 0; i < count; i++) {
                int at = HEADER + SUBHEADER + i * STATE;
                byte[] state = Arrays.copyOfRange(frame, at, at + STATE);
                Arrays.fill(state, TIMES, TIMES + 8, (byte) 0);
                found.put(new org.agrona.concurrent.UnsafeBuffer(state).getLong(0), state);
            }
        }
        return found;
    }
}
