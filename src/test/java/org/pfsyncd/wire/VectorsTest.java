package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecords;

/** Every vector of the specification: what is delivered, field by field, and encoded again. */
class VectorsTest {
    private static final String A = "/a1b2c3d4";
    private static final String ID1 = "0000000064f0a1b2" + A;
    private static final String ID2 = "0300000066112233" + A;
    private static final String V04_UPDATE =
            "UPD_C " + ID1 + " timeout=2 src=4/287458372+65536 dst=4/2695942352+65536";

    private static final Map<String, List<String>> MESSAGES =
            Map.ofEntries(
                    Map.entry("V01", List.of("UPD_REQ 0000000000000000/00000000")),
                    Map.entry("V02", List.of("INS V6 " + ID1)),
                    Map.entry("V03", List.of("INS V6 " + ID2)),
                    Map.entry("V04", List.of(V04_UPDATE)),
                    Map.entry(
                            "V05",
                            List.of(
                                    "UPD_C "
                                            + ID1
                                            + " timeout=2 src=4/287440896+65536"
                                            + " dst=4/2695946448+65536")),
                    Map.entry("V06", List.of("DEL_C " + ID1, "DEL_C " + ID2)),
                    Map.entry("V07", List.of("BUS #0 0badcafe endtime=0 status=1")),
                    Map.entry("V08", List.of("BUS #0 0badcafe endtime=0 status=2")),
                    Map.entry(
                            "V09", List.of("UPD_REQ " + ID1, "UPD_REQ 00000000deadbeef/0badcafe")),
                    Map.entry("V10", List.of("INS_ACK " + ID2)),
                    Map.entry("V11", List.of("CLR a1b2c3d4 ''", "CLR 0badcafe 'em0'")),
                    Map.entry("V12", List.of("skipped 20 x3", "DEL_C " + ID1)),
                    Map.entry("V13", List.of("BUS #0 0badcafe endtime=0 status=2")),
                    Map.entry(
                            "V14",
                            List.of(
                                    "TDB spi=00c0ffee af=4 addr=c0000202 rpl=16385 bytes=65536"
                                            + " proto=50")),
                    Map.entry("V15", List.of("INS V1301 " + ID1)),
                    Map.entry("V16", List.of("INS V1400 " + ID2)),
                    Map.entry("V17", List.of("INS V1500 " + ID2)),
                    Map.entry("V18", List.of(V04_UPDATE, "DEL_C " + ID2)),
                    Map.entry("V19", List.of("BUS #0 0badcafe endtime=7 status=2")),
                    Map.entry("V20", List.of("UPD_REQ 0000000000000000/00000000")),
                    Map.entry("V21", List.of("UPD_REQ " + ID1)));

    private static final Map<String, List<String>> REFUSALS =
            Map.ofEntries(
                    Map.entry("N1", List.of("reject 19 SHORT_HEADER")),
                    Map.entry("N2", List.of("reject 3 BAD_VERSION_V3")),
                    Map.entry("N3", List.of("reject 2 BAD_VERSION_V2")),
                    Map.entry("N4", List.of("reject 7 BAD_VERSION_OTHER")),
                    Map.entry("N5", List.of("reject 40 BAD_LENGTH_HEADER")),
                    Map.entry("N6", List.of("reject 7 BAD_LENGTH_REGION")),
                    Map.entry("N7", List.of("reject 20 BAD_ACTION")),
                    Map.entry("N8", List.of("reject 17 BAD_ACTION")),
                    Map.entry("N9", List.of("reject 4 BAD_LENGTH_EOF")),
                    Map.entry("N10", List.of("reject 8 BAD_ACTION")),
                    Map.entry(
                            "N11",
                            List.of(
                                    V04_UPDATE.replace("timeout=2", "timeout=20")
                                            + " BAD_VALUE_TIMEOUT")),
                    Map.entry(
                            "N12",
                            List.of(
                                    V04_UPDATE.replace("src=4", "src=13")
                                            + " BAD_VALUE_PEER_STATE")),
                    Map.entry("N13", List.of()),
                    Map.entry("N14", List.of("skipped 12 x1")));

    /** Sound frames that we would not write so: unknown or longer messages, no end mark. */
    private static final Set<String> NOT_OUR_WAY = Set.of("V12", "V13", "V21");

    private final NameTable names = new NameTable();

    static Stream<Vectors.Vector> positive() {
        return Vectors.positive();
    }

    static Stream<Vectors.Vector> negative() {
        return Vectors.negative();
    }

    static Stream<Vectors.Vector> writtenOurWay() {
        return positive().filter(v -> !NOT_OUR_WAY.contains(v.name()));
    }

    @Test
    void shouldHaveAllVectors() {
        assertEquals(MESSAGES.size(), positive().count());
        assertEquals(REFUSALS.size(), negative().count());
    }

    @ParameterizedTest
    @MethodSource("positive")
    void shouldDeliverWhatTheVectorSays(Vectors.Vector vector) {
        RecordingVisitor visitor = RecordingVisitor.walk(vector.frame(), names);
        assertEquals(MESSAGES.get(vector.name()), visitor.messages());
        assertEquals(List.of(), visitor.rejects());
    }

    @ParameterizedTest
    @MethodSource("negative")
    void shouldRefuseAsTheVectorSays(Vectors.Vector vector) {
        RecordingVisitor visitor = RecordingVisitor.walk(vector.frame(), names);
        assertEquals(REFUSALS.get(vector.name()), visitor.messages());
    }

    @ParameterizedTest
    @MethodSource("writtenOurWay")
    void shouldEncodeTheSameBytesAgain(Vectors.Vector vector) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[1500]);
        Dialect dialect =
                switch (vector.name()) {
                    case "V16" -> Dialect.V1400;
                    case "V17" -> Dialect.V1500;
                    default -> vector.frame()[0] == 6 ? Dialect.V6 : Dialect.V1301;
                };
        FrameEncoder encoder = new FrameEncoder().begin(buffer, 0, dialect, 1500);
        new FrameWalker()
                .walk(
                        new UnsafeBuffer(vector.frame()),
                        0,
                        vector.frame().length,
                        FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                        new Reencoder(encoder, names, StateRecords.NOW_MS));
        int length = encoder.finish();
        assertEquals(
                HexFormat.of().formatHex(vector.frame()),
                HexFormat.of().formatHex(buffer.byteArray(), 0, length));
    }

    @Test
    void shouldSeeTheFingerprint() {
        byte[] fingerprint = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
        byte[] seen = new byte[16];
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[100]);
        FrameEncoder encoder = new FrameEncoder();
        encoder.fingerprint(fingerprint);
        encoder.begin(buffer, 0, Dialect.V6, 100).addInsertAck(1, 2);
        FrameVisitor visitor =
                new FrameVisitor() {
                    @Override
                    public void onFrame(
                            int version, org.agrona.DirectBuffer frame, int fingerprintOffset) {
                        frame.getBytes(fingerprintOffset, seen);
                    }
                };
        new FrameWalker().walk(buffer, 0, encoder.finish(), FrameWalker.ACCEPT_V6, visitor);
        assertArrayEquals(fingerprint, seen);
    }
}
