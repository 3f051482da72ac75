package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.group.AckMode;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/** What a group must withstand: nonsense, floods, and a stream in any order. */
class HostileGroupTest {
    private static final int CREATOR = 0x0badcafe;
    private static final Path CAPTURES = Path.of("src/test/resources/captures/freebsd-12.1");
    private static final int SHUFFLES = 5;

    private Object escaped;

    private static FrameBuilder frame(GroupLab lab) {
        return FrameBuilder.of(Dialect.V1301).names(lab.names).nowMs(lab.nowMs);
    }

    private static StateRecord state(GroupLab lab, long id) {
        return new StateRecords(lab.names)
                .tcp(id, CREATOR)
                .wire(
                        "10." + ((id >> 16) & 0xFF) + ".1.1:" + (1 + (id & 0xFFFE)),
                        "10.2.0.10:" + (1 + (id & 1)))
                .record();
    }

    @Test
    void shouldCountRandomBytesAndChangeNothing() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (GroupLab lab = GroupLab.auto()) {
            lab.deliver(frame(lab).insert(state(lab, 1)).bytes());
            long digest = lab.table.digest();
            int frames = 300;
            for (int i = 0; i < frames; i++) {
                byte[] bytes = new byte[i < 64 ? i : random.nextInt(65_536)];
                random.nextBytes(bytes);
                lab.deliver(bytes);
                lab.deliver(frame(lab).deleteCompressed(1, CREATOR).bytes(), "10.0.0.1", 254, true);
                lab.deliver(
                        frame(lab).deleteCompressed(1, CREATOR).bytes(), "10.0.0.1", 255, false);
            }
            assertEquals(digest, lab.table.digest(), "seed " + seed);
            assertEquals(frames, lab.count(GroupCounter.BADTTL));
            assertEquals(frames, lab.count(GroupCounter.BADIF));
            assertTrue(lab.count(GroupCounter.HDROPS) >= 20);
            assertTrue(lab.warnings.size() <= 4, "one line a cause: " + lab.warnings);
        }
    }

    @Test
    void shouldRefuseFloodBeyondCapacityWithOneLine() {
        int capacity = 500;
        int flood = 100_000;
        try (GroupLab lab =
                new GroupLab(GroupLab.settings(null, AckMode.ALWAYS, Set.of()), capacity)) {
            for (int id = 0; id < capacity; id++) {
                lab.deliver(frame(lab).insert(state(lab, id)).bytes());
            }
            long digest = lab.table.digest();
            UnsafeBuffer flooding = new UnsafeBuffer(frame(lab).insert(state(lab, 1)).bytes());
            for (int id = capacity; id < capacity + flood; id++) {
                flooding.putLong(24, id, java.nio.ByteOrder.BIG_ENDIAN);
                lab.handler.onFrame(flooding, 0, flooding.capacity(), lab.port.info());
            }
            assertEquals(digest, lab.table.digest());
            assertEquals(flood, lab.count(GroupCounter.INS_LIMIT));
            assertFalse(lab.group.isInSync());
            assertEquals(2, lab.warnings.size(), "the refusal and the fault: " + lab.warnings);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"02-tcp-life", "15-stale-updates", "27-two-hosts-live", "03-udp"})
    void shouldNeverRegressWhateverTheOrder(String set) throws IOException {
        List<byte[]> stream = stream(set);
        for (int i = 0; i < SHUFFLES; i++) {
            long seed = new Random().nextLong();
            Random random = new Random(seed);
            List<byte[]> shuffled = new ArrayList<>(stream);
            stream.stream().filter(frame -> random.nextInt(4) == 0).forEach(shuffled::add);
            Collections.shuffle(shuffled, random);
            shuffled.removeIf(frame -> random.nextInt(10) == 0);
            assertNoRegression(shuffled, set + ", seed " + seed);
        }
    }

    /** Position of one side of a state, as the merge rules order it. */
    private record Side(int state, int seqlo) {
        boolean isBehind(Side other, boolean isTcp) {
            boolean isProxy = other.state >= 11;
            return !isProxy
                    && (state < other.state
                            || (isTcp && state == other.state && seqlo - other.seqlo < 0));
        }
    }

    private record Seen(long createdAtMs, Side src, Side dst) {}

    private static void assertNoRegression(List<byte[]> frames, String told) {
        try (GroupLab lab = GroupLab.auto()) {
            Map<String, Seen> seen = new HashMap<>();
            for (byte[] frame : frames) {
                lab.deliver(frame).advanceMs(3);
                Map<String, Seen> now = new HashMap<>();
                for (int segment = 0; segment < lab.table.segmentCount(); segment++) {
                    lab.table.readSegment(
                            segment,
                            record -> {
                                String key = record.id() + "/" + record.creatorId();
                                Seen next = seen(record);
                                Seen last = seen.get(key);
                                boolean isSame =
                                        last != null && last.createdAtMs == next.createdAtMs;
                                boolean isTcp = record.wireProto() == 6;
                                assertFalse(
                                        isSame
                                                && (next.src.isBehind(last.src, isTcp)
                                                        || next.dst.isBehind(last.dst, isTcp)),
                                        () -> told + ": " + last + " became " + next);
                                now.put(key, next);
                            });
                }
                seen.clear();
                seen.putAll(now);
            }
            assertEquals(lab.table.recomputeDigest(), lab.table.digest(), told);
        }
    }

    private static Seen seen(StateRecord record) {
        return new Seen(
                record.createdAtMs(),
                new Side(record.src().state(), (int) record.src().seqlo()),
                new Side(record.dst().state(), (int) record.dst().seqlo()));
    }

    private static List<byte[]> stream(String set) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        try (CaptureReader reader =
                CaptureReader.open(CAPTURES.resolve(set).resolve(set + ".pcap"))) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                if (packet.protocol() == 240) {
                    byte[] frame = new byte[packet.payload().capacity()];
                    packet.payload().getBytes(0, frame);
                    frames.add(frame);
                }
            }
        }
        assertTrue(frames.size() > 3, set);
        return frames;
    }

    @Test
    void shouldAllocateNothingInSteadyState() {
        try (GroupLab lab = GroupLab.auto()) {
            StateRecord held = state(lab, 7);
            held.stateFlags(0x10);
            DirectBuffer insert = frame(lab).insert(held).buffer();
            DirectBuffer update = frame(lab).updateCompressed(held).buffer();
            DirectBuffer delete = frame(lab).deleteCompressed(7, CREATOR).buffer();
            DirectBuffer refused = frame(lab).region(200, 0, 1).buffer();
            lab.port.isSendRefused = true; // a fake port keeps what it sends
            Allocation.assertNoneInSteadyState(
                    2_000,
                    () -> {
                        lab.nowMs += 61_000; // past the tombstone
                        lab.handler.onFrame(insert, 0, insert.capacity(), lab.port.info());
                        lab.handler.onFrame(update, 0, update.capacity(), lab.port.info());
                        lab.handler.onFrame(delete, 0, delete.capacity(), lab.port.info());
                        lab.handler.onFrame(refused, 0, refused.capacity(), lab.port.info());
                        lab.table.work(lab.nowMs, 16);
                    });
            assertTrue(lab.count(GroupCounter.OERRORS) > 1_000, "each insert was acknowledged");
            long control =
                    Allocation.quietestWindowBytes(
                            () -> {
                                lab.handler.onFrame(update, 0, update.capacity(), lab.port.info());
                                escaped = new byte[8];
                            },
                            1_000);
            assertTrue(control >= 1_000 * 8 && escaped != null, "what allocates is noticed");
        }
    }
}
