package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecords;

/** Packing by the MTU (spec section 1.4), regions, and every message in every dialect. */
class FrameEncoderTest {
    private static final int CREATOR = 0xa1b2c3d4;
    private static final Dialect[] DIALECTS = {
        Dialect.V6, Dialect.V1301, Dialect.V1400, Dialect.V1500
    };

    private final NameTable names = new NameTable();
    private final StateRecords states = new StateRecords(names);
    private final StateRecord record = states.tcp(1, CREATOR).record();
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[0x1_0000]);
    private final FrameEncoder encoder = new FrameEncoder();

    /** Adds until the encoder says no; how often it said yes. */
    private static int fill(BooleanSupplier add) {
        int count = 0;
        while (add.getAsBoolean()) {
            count++;
        }
        return count;
    }

    private byte[] finished() {
        return Arrays.copyOf(buffer.byteArray(), encoder.finish());
    }

    @ParameterizedTest
    @CsvSource({"V6, 5", "V1301, 6", "V1400, 5", "V1500, 4"})
    void shouldPackAtLeastAsManyStatesAsTheKernels(Dialect dialect, int capacity) {
        // FreeBSD 14 and later reserve an IPv6 header on IPv4 too, and fit 3 states of format 1500.
        encoder.begin(buffer, 0, dialect, 1500);
        int count =
                fill(() -> encoder.addState(MessageKind.INS, record, names, StateRecords.NOW_MS));
        assertEquals(capacity, count);
        RecordingVisitor visitor = RecordingVisitor.walk(finished(), names);
        assertEquals(capacity, visitor.states().size());
        assertEquals(List.of(), visitor.rejects());
    }

    @ParameterizedTest
    @CsvSource({"V6, 17, 121", "V1301, 17, 121"})
    void shouldPackAsManyShortMessagesAsTheKernels(Dialect dialect, int updates, int ids) {
        encoder.begin(buffer, 0, dialect, 1500);
        assertEquals(updates, fill(() -> encoder.addUpdateCompressed(record)));
        encoder.begin(buffer, 0, dialect, 1500);
        assertEquals(ids, fill(() -> encoder.addDeleteCompressed(1, CREATOR)));
    }

    @ParameterizedTest
    @EnumSource(names = {"V6", "V1301"})
    void shouldFillThePacketToTheLastByteAndNotBeyond(Dialect dialect) {
        int eof = dialect == Dialect.V6 ? 0 : 4;
        int exact = 20 + 20 + 4 + 12 + eof;
        encoder.begin(buffer, 0, dialect, exact - 1);
        assertFalse(encoder.addInsertAck(1, CREATOR));
        assertTrue(encoder.isEmpty());
        encoder.begin(buffer, 0, dialect, exact);
        assertTrue(encoder.addInsertAck(1, CREATOR));
        assertFalse(encoder.isEmpty());
        assertFalse(encoder.addInsertAck(2, CREATOR));
        byte[] frame = finished();
        assertEquals(exact - 20, frame.length);
        assertEquals(
                List.of("INS_ACK 0000000000000001/a1b2c3d4"),
                RecordingVisitor.walk(frame, names).messages(),
                "what did not fit left no trace");
    }

    @Test
    void shouldShareARegionBetweenEqualNeighboursOnly() {
        encoder.begin(buffer, 0, Dialect.V6, 1500);
        encoder.addDeleteCompressed(1, CREATOR);
        encoder.addDeleteCompressed(2, CREATOR);
        encoder.addUpdateRequest(3, CREATOR);
        encoder.addDeleteCompressed(4, CREATOR);
        List<String> regions =
                RecordingVisitor.walk(finished(), names).lines().stream()
                        .filter(line -> line.startsWith("region"))
                        .toList();
        assertEquals(List.of("region 7 x2", "region 5 x1", "region 7 x1"), regions);
    }

    @Test
    void shouldNeverExceedTheLargestIpPacket() {
        encoder.begin(buffer, 0, Dialect.V1301, Integer.MAX_VALUE);
        int count = fill(() -> encoder.addDeleteCompressed(1, CREATOR));
        byte[] frame = finished();
        assertTrue(frame.length <= 0xFFFF - 20, () -> "bytes " + frame.length);
        assertEquals(count, RecordingVisitor.walk(frame, names).messages().size());
    }

    @Test
    void shouldFinishAFrameWithoutMessages() {
        encoder.begin(buffer, 0, Dialect.V6, 1500);
        assertEquals(20, encoder.finish());
        encoder.begin(buffer, 0, Dialect.V1500, 1500);
        assertEquals(24, encoder.finish());
        assertEquals(List.of(), RecordingVisitor.walk(finishedEmptyV5(), names).rejects());
    }

    private byte[] finishedEmptyV5() {
        encoder.begin(buffer, 0, Dialect.V1500, 1500);
        return finished();
    }

    @Test
    void shouldNotSendStatesWhileTheFormatIsUnknown() {
        assertFalse(Representable.isIn(record, Dialect.V5));
        for (Dialect dialect : DIALECTS) {
            assertTrue(Representable.isIn(record, dialect), dialect.label());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // what, v6, 1301, 1400, 1500
        "sctp, false, false, true, true",
        "af-to, true, false, false, true",
        "icmp-to-icmp6, false, false, false, true"
    })
    void shouldKnowWhatADialectCannotSay(
            String what, boolean inV6, boolean in1301, boolean in1400, boolean in1500) {
        switch (what) {
            case "sctp" -> record.timeout(20);
            case "af-to" -> record.stackAf(6);
            default -> record.stackAf(6).wireProto(1).stackProto(58);
        }
        assertEquals(inV6, Representable.isIn(record, Dialect.V6));
        assertEquals(in1301, Representable.isIn(record, Dialect.V1301));
        assertEquals(in1400, Representable.isIn(record, Dialect.V1400));
        assertEquals(in1500, Representable.isIn(record, Dialect.V1500));
        record.timeout(19).stackAf(4).wireProto(6).stackProto(6);
        assertTrue(Representable.isIn(record, Dialect.V1301));
    }

    @Test
    void shouldWriteTheExpiryOfAnEndedStateAsZero() {
        record.expiresAtMs(StateRecords.NOW_MS - 1);
        assertEquals(0, sentOnce().lifetimeS());
        record.expiresAtMs(StateRecords.NOW_MS + 999);
        assertEquals(0, sentOnce().lifetimeS());
        record.expiresAtMs(StateRecords.NOW_MS + 1000);
        assertEquals(1, sentOnce().lifetimeS());
        record.createdAtMs(StateRecords.NOW_MS + 5000);
        assertEquals(StateRecords.NOW_MS, sentOnce().createdAtMs(), "an age is never negative");
        record.createdAtMs(Long.MIN_VALUE / 2);
        long oldest = StateRecords.NOW_MS - 0xFFFF_FFFFL * 1000;
        assertEquals(oldest, sentOnce().createdAtMs(), "nor does it wrap");
    }

    private StateRecord sentOnce() {
        byte[] frame = FrameBuilder.of(Dialect.V6).names(names).insert(record).bytes();
        return RecordingVisitor.walk(frame, names).states().get(0);
    }

    @Test
    void shouldSendARouteOptionOnlyWhereTheReceiverCanFollowIt() {
        record.rtKind(2).rtAf(4).address(StateRecord.RT_ADDR_OFFSET, record.buffer(), 16);
        for (Dialect dialect : List.of(Dialect.V1301, Dialect.V1400, Dialect.V1500)) {
            StateRecord received = sentIn(dialect);
            assertEquals(0, received.rtKind(), "no interface is known for it");
            assertEquals(0, received.buffer().getLong(StateRecord.RT_ADDR_OFFSET));
        }
        record.rtIfname(names.intern("em7"));
        assertEquals(0, sentIn(Dialect.V1301).rtKind());
        assertEquals(0, sentIn(Dialect.V1301).buffer().getLong(StateRecord.RT_ADDR_OFFSET));
        for (Dialect dialect : List.of(Dialect.V1400, Dialect.V1500)) {
            StateRecord received = sentIn(dialect);
            assertEquals(2, received.rtKind());
            assertEquals("em7", names.name(received.rtIfname()));
            assertEquals(
                    record.buffer().getInt(StateRecord.RT_ADDR_OFFSET),
                    received.buffer().getInt(StateRecord.RT_ADDR_OFFSET));
        }
    }

    private StateRecord sentIn(Dialect dialect) {
        byte[] frame = FrameBuilder.of(dialect).names(names).update(record).bytes();
        return RecordingVisitor.walk(frame, names).states().get(0);
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void shouldReadEveryMessageBackFromEveryVersion(
            @ForAll @IntRange(max = 3) int dialectIndex,
            @ForAll long id,
            @ForAll int creatorId,
            @ForAll @IntRange(max = 255) int status,
            @ForAll @IntRange int endTimeS) {
        String pair = String.format("%016x/%08x", id, creatorId);
        encoder.begin(buffer, 0, DIALECTS[dialectIndex], 1500);
        assertTrue(encoder.addInsertAck(id, creatorId));
        assertTrue(encoder.addUpdateRequest(id, creatorId));
        assertTrue(encoder.addDeleteCompressed(id, creatorId));
        assertTrue(encoder.addBulkStatus(creatorId, endTimeS, status));
        assertTrue(encoder.addClear(creatorId, 0, names));
        assertTrue(encoder.addClear(creatorId, names.intern("vtnet1"), names));
        String creator = String.format("%08x", creatorId);
        assertEquals(
                List.of(
                        "INS_ACK " + pair,
                        "UPD_REQ " + pair,
                        "DEL_C " + pair,
                        "BUS #0 " + creator + " endtime=" + endTimeS + " status=" + status,
                        "CLR " + creator + " ''",
                        "CLR " + creator + " 'vtnet1'"),
                RecordingVisitor.walk(finished(), names).messages());
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void shouldReadShortUpdatesBack(
            @ForAll @IntRange(max = 3) int dialectIndex, @ForAll long seed) {
        StateRecord sent = states.random(Dialect.V1301, seed);
        StateRecord received = StateRecords.blank().copyFrom(sent);
        received.src().copyFrom(record.src());
        received.dst().copyFrom(record.dst());
        encoder.begin(buffer, 0, DIALECTS[dialectIndex], 1500);
        assertTrue(encoder.addUpdateCompressed(sent));
        FrameVisitor visitor =
                new FrameVisitor() {
                    @Override
                    public void onUpdateCompressed(UpdateCompressedDecoder update) {
                        received.id(update.id()).creatorId(update.creatorId());
                        received.timeout(update.timeout());
                        update.src(received.src());
                        update.dst(received.dst());
                    }
                };
        new FrameWalker()
                .walk(
                        buffer,
                        0,
                        encoder.finish(),
                        FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                        visitor);
        assertEquals(sent.buffer(), received.buffer());
    }

    @ParameterizedTest
    @CsvSource({"V6, DEL V6", "V1301, DEL V1301", "V1400, DEL_C", "V1500, DEL_C"})
    void shouldSendAFullDeleteOnlyWhereReceiversKnowIt(Dialect dialect, String expected) {
        encoder.begin(buffer, 0, dialect, 1500);
        assertTrue(encoder.addState(MessageKind.DEL, record, names, StateRecords.NOW_MS));
        assertTrue(encoder.addDeleteCompressed(2, CREATOR));
        assertEquals(
                List.of(expected + " 0000000000000001/a1b2c3d4", "DEL_C 0000000000000002/a1b2c3d4"),
                RecordingVisitor.walk(finished(), names).messages());
    }

    @Test
    void shouldPassTdbOnInTheFormOfTheOtherVersion() {
        byte[] current = Vectors.named("V14").frame();
        byte[] old = passedOn(current, Dialect.V1301);
        assertEquals(20 + 4 + 48 + 4, old.length);
        assertEquals(
                RecordingVisitor.walk(current, names).messages(),
                RecordingVisitor.walk(old, names).messages());
        byte[] inet6 = current.clone();
        inet6[28] = 28;
        inet6[29] = 24;
        assertEquals(28, passedOn(inet6, Dialect.V1301)[29]);
        byte[] back = passedOn(passedOn(inet6, Dialect.V1301), Dialect.V6);
        assertTrue(Arrays.equals(inet6, back));
    }

    private byte[] passedOn(byte[] frame, Dialect dialect) {
        encoder.begin(buffer, 0, dialect, 1500);
        new FrameWalker()
                .walk(
                        new UnsafeBuffer(frame),
                        0,
                        frame.length,
                        FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                        new Reencoder(encoder, names, 0));
        return finished();
    }
}
