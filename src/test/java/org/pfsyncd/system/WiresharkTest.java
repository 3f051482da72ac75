package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.capture.CaptureException;
import org.pfsyncd.text.Vectors;

/** The dissector for Wireshark shows what {@code decode} prints, and no frame makes it fail. */
@Tag("system")
class WiresharkTest {
    private static final Path RECORDINGS = Path.of("src/test/resources/captures");
    private static final String DISSECTOR = "pfsync.lua";
    private static final String LUA_ERROR = "Lua Error";
    private static final int IPV4_HEADER = 20;
    private static final int PCAP_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int MUTATIONS = 1_000;

    @TempDir private Path folder;
    private Tshark tshark;

    @BeforeEach
    void findTshark() throws IOException {
        tshark = new Tshark(Files.createDirectory(folder.resolve("home"))).script(DISSECTOR);
    }

    @Test
    void shouldShowTheRecordingsAsDecodePrintsThem() throws IOException, CaptureException {
        try (DecodedPackets packets = recordings()) {
            assertEquals(List.of(), differences(packets));
            assertEquals(1_568, packets.packets().size());
        }
    }

    @Test
    void shouldShowTheVectorsAsDecodePrintsThem() throws IOException {
        try (DecodedPackets packets = vectors()) {
            assertEquals(List.of(), differences(packets));
            assertEquals(35, packets.packets().size());
        }
    }

    @Test
    void shouldFindPfsyncInARecordingAsItIs() throws IOException {
        Path pcap = RECORDINGS.resolve("freebsd-12.1/02-tcp-life/02-tcp-life.pcap");
        String text = tshark.details(pcap, "-Y", "pfsync.action_name == \"INS\"");
        assertTrue(text.contains("[State name: ESTABLISHED]"), text);
        assertTrue(text.contains("Timeout class: tcp.established (2)"), text);
        assertFalse(text.contains("Malformed"), text);
    }

    @Test
    void shouldJudgeHostileFramesAsDecodeDoes() throws IOException, CaptureException {
        try (DecodedPackets sound = recordings();
                DecodedPackets vectors = vectors();
                DecodedPackets hostile = new DecodedPackets()) {
            List<byte[]> frames = new ArrayList<>(vectors.frames());
            for (int i = 0; i < sound.frames().size(); i += 41) {
                frames.add(sound.frames().get(i));
            }
            Random random = new Random(240);
            for (int i = 0; i < MUTATIONS; i++) {
                hostile.addFrame(mutated(frames.get(i % frames.size()), random));
            }
            assertEquals(List.of(), differences(hostile));
            assertFalse(tshark.details(cut(hostile.pcap(), random)).contains(LUA_ERROR));
        }
    }

    @Test
    void shouldNoticeADissectorThatFails() throws IOException {
        Path script = folder.resolve("broken.lua");
        String source = Files.readString(Path.of("ops/wireshark", DISSECTOR));
        Files.writeString(
                script, source.replace("if captured < HEADER", "if tvb(0, 36):uint() < HEADER"));
        Tshark broken = new Tshark(folder.resolve("home")).script(script);
        try (DecodedPackets packets = vectors()) {
            tshark = broken;
            assertFalse(differences(packets).isEmpty());
            assertTrue(broken.details(write(packets.pcap())).contains(LUA_ERROR));
        }
    }

    private List<String> differences(DecodedPackets packets) throws IOException {
        List<Map<String, List<String>>> shown =
                tshark.fields(write(packets.pcap()), WiresharkFields.names());
        assertEquals(packets.packets().size(), shown.size());
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < shown.size() && differences.size() < 20; i++) {
            compare(i + 1, packets.packets().get(i), shown.get(i), differences);
        }
        return differences;
    }

    private static void compare(
            int number,
            List<Map<String, Object>> decoded,
            Map<String, List<String>> shown,
            List<String> differences) {
        String where = "packet " + number + ": ";
        if (shown.get("_ws.expert.message").toString().contains(LUA_ERROR)) {
            differences.add(where + shown.get("_ws.expert.message"));
        }
        String dialect = String.join("", shown.get("pfsync.dialect"));
        if (decoded.stream().anyMatch(WiresharkFields::isOpenBsd45)) {
            if (!dialect.equals("OpenBSD 4.5")) {
                differences.add(where + "not seen as of OpenBSD 4.5, but " + dialect);
            }
            return;
        }
        Set<String> faults = new TreeSet<>(WiresharkFields.FAULTS);
        faults.removeIf(fault -> shown.get("pfsync." + fault).isEmpty());
        if (!faults.equals(WiresharkFields.faults(decoded))) {
            differences.add(where + faults + " shown, " + WiresharkFields.faults(decoded));
        }
        boolean isRefused = decoded.stream().anyMatch(WiresharkFields::isRefusal);
        if (isRefused && shown.get("pfsync.badval").isEmpty()) {
            differences.add(where + "no badval shown of " + decoded);
        }
        if (decoded.stream().anyMatch(message -> message.containsKey("skipped"))) {
            return; // Shown where it is long enough, though receivers step over it.
        }
        WiresharkFields.of(decoded, dialect)
                .forEach(
                        (field, values) -> {
                            if (!values.equals(shown.get(field))) {
                                differences.add(where + field + shown.get(field) + values);
                            }
                        });
        if (faults.isEmpty()) {
            List<String> actions =
                    decoded.stream().map(message -> (String) message.get("action")).toList();
            if (!actions.equals(WiresharkFields.actions(shown))) {
                differences.add(where + WiresharkFields.actions(shown) + actions);
            }
        }
    }

    private static DecodedPackets recordings() throws IOException, CaptureException {
        DecodedPackets packets = new DecodedPackets();
        List<Path> captures;
        try (Stream<Path> tree = Files.walk(RECORDINGS)) {
            captures = tree.filter(path -> path.toString().endsWith(".pcap")).sorted().toList();
        }
        for (Path capture : captures) {
            packets.addCapture(capture);
        }
        return packets;
    }

    private static DecodedPackets vectors() throws IOException {
        DecodedPackets packets = new DecodedPackets();
        for (int i = 1; i <= 21; i++) {
            byte[] bytes = Vectors.bytes(String.format("V%02d", i));
            boolean hasIpHeader = bytes[0] == 0x45;
            packets.addFrame(
                    hasIpHeader ? Arrays.copyOfRange(bytes, IPV4_HEADER, bytes.length) : bytes);
        }
        for (int i = 1; i <= 14; i++) {
            packets.addFrame(Vectors.bytes("N" + i));
        }
        return packets;
    }

    /** Shorter, longer, or with some bytes changed, most of them where lengths and counts stand. */
    private static byte[] mutated(byte[] frame, Random random) {
        byte[] mutated =
                switch (random.nextInt(4)) {
                    case 0 -> Arrays.copyOf(frame, 1 + random.nextInt(frame.length));
                    case 1 -> Arrays.copyOf(frame, frame.length + random.nextInt(40));
                    default -> frame.clone();
                };
        int[] edges = {0, 1, 2, 5, 6, 12, 13, 16, 17, 66, 127, 128, 255};
        for (int i = random.nextInt(4); i > 0; i--) {
            int at =
                    random.nextInt(
                            random.nextBoolean() ? Math.min(28, mutated.length) : mutated.length);
            mutated[at] = (byte) edges[random.nextInt(edges.length)];
        }
        if (mutated.length > 4 && random.nextBoolean()) {
            ByteBuffer.wrap(mutated).putShort(2, (short) mutated.length);
        }
        return mutated;
    }

    /** The same packets as a capture that kept only the first bytes of each. */
    private Path cut(byte[] pcap, Random random) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(pcap);
        ByteBuffer out = ByteBuffer.allocate(pcap.length);
        out.put(pcap, 0, PCAP_HEADER);
        for (int at = PCAP_HEADER; at < pcap.length; ) {
            int length = in.getInt(at + 8);
            int kept = Math.min(length, IPV4_HEADER + random.nextInt(300));
            out.put(pcap, at, 8).putInt(kept).putInt(length).put(pcap, at + RECORD_HEADER, kept);
            at += RECORD_HEADER + length;
        }
        return write(Arrays.copyOf(out.array(), out.position()));
    }

    private Path write(byte[] pcap) throws IOException {
        Path file =
                IntStream.iterate(0, i -> i + 1)
                        .mapToObj(i -> folder.resolve(i + ".pcap"))
                        .filter(path -> !Files.exists(path))
                        .findFirst()
                        .orElseThrow();
        return Files.write(file, pcap);
    }
}
