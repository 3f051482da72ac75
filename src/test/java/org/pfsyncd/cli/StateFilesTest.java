package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** {@code save}, {@code load} and {@code clear} against whole daemons, every dialect. */
@Tag("system")
@Tag("apart")
class StateFilesTest {
    private static final int HEADER_LENGTH = 20;
    private static final int SUBHEADER_LENGTH = 4;
    private static final int RANDOM_STATES = 300;

    /** A state's times: a raw file has whole seconds, and no lifetime of its own. */
    private static final String[] TIMES = {"created_ms", "activity_ms", "expires_ms", "lifetime_s"};

    /** What a FreeBSD state loses in OpenBSD's format: rule numbers are another system's. */
    private static final String[] LOST_IN_264 = {
        "rule", "anchor", "nat_rule", "dialect", "rt_addr", "rt_af", "rt_addr_raw"
    };

    @TempDir Path root;

    @Test
    @Tag("system") // a quarter of a minute of loads and clears
    void shouldGiveBackEveryStateOfTheRecordings() throws Exception {
        long states = 0;
        try (FileNode source = new FileNode(root, "source").start();
                FileNode json = new FileNode(root, "json").start();
                FileNode raw242 = new FileNode(root, "raw242").start();
                FileNode raw264 = new FileNode(root, "raw264").start()) {
            for (String set : Recording.names().toList()) {
                source.offer(frames(new Recording(set).pcap()), "10.0.0.1");
                if (source.size() == 0) {
                    continue;
                }
                states += source.size();
                Path saved = save(source, set + ".ndjson", "ndjson");
                json.ok("load", saved.toString());
                assertEquals(source.digest(), json.digest(), set);
                assertEquals(lines(saved), lines(save(json, set + ".again", "ndjson")), set);
                assertEquals(source.size(), json.status().table().unconfirmed(), set);
                assertFieldsEqual(source, raw242, set, "raw242");
                assertFieldsEqual(source, raw264, set, "raw264", LOST_IN_264);
                for (FileNode node : List.of(source, json, raw242, raw264)) {
                    node.ok("clear", "--all");
                    assertEquals(0, node.size());
                    node.advanceMs(120_000); // behind the tombstones of the clear
                }
            }
        }
        assertTrue(states > 900, "only " + states + " states");
    }

    @Test
    void shouldGiveBackEveryFieldOfEveryDialect() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        NameTable names = new NameTable();
        StateRecords states = new StateRecords(names);
        try (FileNode source = new FileNode(root, "source").start();
                FileNode json = new FileNode(root, "json").start();
                FileNode raw = new FileNode(root, "raw").start()) {
            for (Dialect dialect : List.of(Dialect.V6, Dialect.V1400, Dialect.V1500)) {
                List<byte[]> frames = new ArrayList<>();
                for (int i = 0; i < RANDOM_STATES; i++) {
                    frames.add(
                            FrameBuilder.of(dialect)
                                    .names(names)
                                    .nowMs(StateRecords.NOW_MS)
                                    .insert(states.random(dialect, random))
                                    .bytes());
                }
                source.offer(frames, "10.0.0.1");
            }
            assertTrue(source.size() > 2 * RANDOM_STATES, "seed " + seed + " " + source.size());
            Path saved = save(source, "all.ndjson", "ndjson");
            json.ok("load", saved.toString());
            assertEquals(source.digest(), json.digest(), "seed " + seed);
            assertEquals(lines(saved), lines(save(json, "again.ndjson", "ndjson")), "" + seed);
            // v6 states through v6 records: everything but the lifetime
            String kept = source.ok("save", "--format", "raw264", file("all.pf").toString());
            assertTrue(kept.contains("left out"), kept);
            raw.ok("load", file("all.pf").toString());
            Map<String, Map<String, Object>> before = states(save(source, "b", "ndjson"), TIMES);
            for (Map.Entry<String, Map<String, Object>> after :
                    states(save(raw, "a", "ndjson"), TIMES).entrySet()) {
                Map<String, Object> state = before.get(after.getKey());
                if (state.get("dialect").equals("v6")) {
                    state.put("confirmed", false);
                    state.put("origin", "raw");
                    assertEquals(state, after.getValue(), "seed " + seed);
                }
            }
        }
    }

    @Test
    void shouldReadAndWriteTheRecordsOfAKernelByteForByte() throws Exception {
        List<byte[]> frames =
                frames(new Recording("12b-bulk-600-states").pcap()).stream()
                        .filter(f -> f[HEADER_LENGTH] == 1 || f[HEADER_LENGTH] == 3)
                        .toList();
        ByteArrayOutputStream kernel = new ByteArrayOutputStream();
        int length = Dialect.V1301.stateLength();
        int count = 0;
        for (byte[] frame : frames) {
            int inFrame = frame[HEADER_LENGTH + 2] << 8 | (frame[HEADER_LENGTH + 3] & 0xFF);
            kernel.write(frame, HEADER_LENGTH + SUBHEADER_LENGTH, inFrame * length);
            count += inFrame;
        }
        assertTrue(count >= 600, count + " records");
        assertWrittenAsRead(kernel.toByteArray(), FileFormat.RAW242, count);
    }

    @Test
    void shouldLayOutTheRecordsOfOpenBsdAsItsKernelDoes() throws Exception {
        NameTable names = new NameTable();
        StateRecord state =
                new StateRecords(names)
                        .tcp(0x0102030405060708L, 0xa1b2c3d4)
                        .wire("192.0.2.1:1000", "192.0.2.2:443")
                        .ifname("em0")
                        .ageS(77)
                        .record();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RawWriter writer = new RawWriter(Dialect.V6, true, out);
        writer.write(state, names, StateRecords.NOW_MS);
        byte[] bytes = out.toByteArray();
        assertEquals(264, bytes.length);
        // offsets of section 4.1 of the specification
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, slice(bytes, 0, 8), "id");
        assertArrayEquals(
                "em0\0".getBytes(StandardCharsets.US_ASCII), slice(bytes, 8, 4), "ifname");
        assertArrayEquals(new byte[] {(byte) 192, 0, 2, 1}, slice(bytes, 24, 4), "wire addr 0");
        assertArrayEquals(new byte[] {3, (byte) 0xe8, 1, (byte) 0xbb}, slice(bytes, 56, 4));
        assertEquals(77, bytes[199], "creation");
        assertArrayEquals(new byte[] {0, 1, 0x51, (byte) 0x80}, slice(bytes, 200, 4), "expire");
        assertArrayEquals(new byte[] {(byte) 0xa1, (byte) 0xb2}, slice(bytes, 236, 2), "creatorid");
        assertArrayEquals(new byte[] {2, 6, 1}, slice(bytes, 250, 3), "af, proto, direction");
        assertEquals(2, bytes[255], "timeout");
        assertWrittenAsRead(bytes, FileFormat.RAW264, 1);
    }

    private void assertWrittenAsRead(byte[] bytes, FileFormat format, int count)
            throws IOException {
        Path path = Files.write(file("raw"), bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (StateFile file = StateFile.open(path, null)) {
            assertEquals(count, file.total(), "detected as " + format);
            ((RawFile) file).agesFrom(StateRecords.NOW_MS);
            RawWriter writer = new RawWriter(format.dialect(), true, out);
            while (file.next()) {
                assertEquals(null, file.refusal());
                StateRecord record = file.record;
                record.expiresAtMs(StateRecords.NOW_MS + record.lifetimeS() * 1_000);
                writer.write(record, file.names, StateRecords.NOW_MS);
            }
            assertEquals(Map.of(), writer.leftOut());
        }
        assertArrayEquals(bytes, out.toByteArray());
    }

    @Test
    void shouldSaveTheSameFromALivingDaemonAndFromItsJournal() throws Exception {
        try (FileNode node = new FileNode(root, "node").start()) {
            node.offer(frames(new Recording("12b-bulk-600-states").pcap()), "10.0.0.1");
            Path living = save(node, "living", "ndjson");
            String digest = node.digest();
            node.kill();
            Path dead = save(node, "dead", "ndjson");
            assertEquals(lines(living), lines(dead));
            assertTrue(Files.readString(dead).contains("\"digest\":\"" + digest + "\""));
            assertEquals(
                    "rw-r-----",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(living)));
        }
    }

    @Test
    void shouldReseedOnlyWithinTheOutage() throws Exception {
        NameTable names = new NameTable();
        StateRecord state = new StateRecords(names).tcp(1, 0xa1b2c3d4).record();
        try (FileNode node = new FileNode(root, "node").start();
                FileNode other = new FileNode(root, "other").start()) {
            byte[] frame = FrameBuilder.of(Dialect.V1301).names(names).insert(state).bytes();
            node.offer(List.of(frame), "10.0.0.1");
            String saved = save(node, "s", "ndjson").toString();
            String raw = save(node, "r", "raw242").toString();
            FileNode.Result unknown = other.run("load", "--reseed", raw);
            assertEquals(2, unknown.exitCode(), unknown.toString());
            assertTrue(unknown.err().contains("--saved-at TIME"), unknown.err());
            other.advanceMs(30_001);
            FileNode.Result late = other.run("load", "--reseed", saved);
            assertEquals(1, late.exitCode());
            assertTrue(late.err().contains("30.0 s before the node's time"), late.err());
            assertEquals(0, other.size());
            other.ok("load", saved);
            long size = other.size();
            assertTrue(size > 0 && size == other.status().table().unconfirmed());
            other.ok("load", "--reseed", "--max-outage", "31s", saved);
            assertEquals(0, other.status().table().unconfirmed());
            assertEquals(size, other.size());
        }
    }

    @Test
    void shouldChangeNothingInADryRunAndTellTheSame() throws Exception {
        try (FileNode node = new FileNode(root, "node").start();
                FileNode other = new FileNode(root, "other").start()) {
            node.offer(frames(new Recording("12b-bulk-600-states").pcap()), "10.0.0.1");
            String saved = save(node, "s", "ndjson").toString();
            String digest = other.digest();
            Map<String, Object> dry =
                    JsonTree.object(other.ok("load", "--dry-run", "--json", saved));
            assertEquals(0, other.size());
            assertEquals(digest, other.digest());
            Map<String, Object> real = JsonTree.object(other.ok("load", "--json", saved));
            assertEquals(new BigDecimal(other.size()), real.get("inserted"));
            assertEquals(dry.get("inserted"), real.get("inserted"));
            Map<String, Object> again = JsonTree.object(other.ok("load", "--json", saved));
            assertEquals(real.get("inserted"), again.get("known"));
            assertEquals(
                    "would clear " + other.size() + " states",
                    other.ok("clear", "--all", "--dry-run").strip());
            FileNode.Result nothing = other.run("clear");
            assertEquals(2, nothing.exitCode());
            assertTrue(nothing.err().contains("--creator"), nothing.err());
            other.ok("clear", "--all");
            FileNode.Result dead = other.run("load", "--json", saved);
            assertEquals(1, dead.exitCode());
            assertTrue(dead.err().contains("load it again in a minute"), dead.err());
            assertEquals(0, other.size());
        }
    }

    @Test
    void shouldClearOnlyWhatIsChosen() throws Exception {
        NameTable names = new NameTable();
        StateRecords states = new StateRecords(names);
        try (FileNode node = new FileNode(root, "node").start()) {
            List<byte[]> frames = new ArrayList<>();
            for (int i = 1; i <= 40; i++) {
                StateRecord state =
                        states.tcp(i, i % 2 == 0 ? 0xaaaa0001 : 0xbbbb0001)
                                .wire("10.1.0." + i + ":1000", "10.2.0.10:80")
                                .ifname(i % 4 == 0 ? "em0" : "all")
                                .record();
                frames.add(FrameBuilder.of(Dialect.V1301).names(names).insert(state).bytes());
            }
            node.offer(frames, "10.0.0.1");
            assertEquals(40, node.size());
            assertEquals("cleared 10 states", node.ok("clear", "--interface", "em0").strip());
            assertEquals(
                    "cleared 10 states",
                    node.ok("clear", "--creator", "aaaa0001", "--group", "g").strip());
            assertEquals("cleared 1 states", node.ok("clear", "--address", "10.1.0.7").strip());
            FileNode.Result wrong = node.run("clear", "--all", "--group", "nowhere");
            assertEquals(2, wrong.exitCode());
            assertTrue(wrong.err().contains("groups here: g"), wrong.err());
            assertEquals("cleared 19 states", node.ok("clear", "--all").strip());
        }
    }

    private void assertFieldsEqual(
            FileNode source, FileNode target, String set, String format, String... lost)
            throws IOException {
        target.ok("load", save(source, set + "." + format, format).toString());
        String[] ignored = Stream.concat(Stream.of(TIMES), Stream.of(lost)).toArray(String[]::new);
        Map<String, Map<String, Object>> expected = states(file(set + ".ndjson"), ignored);
        expected.values().forEach(state -> state.put("confirmed", false));
        expected.values().forEach(state -> state.put("origin", format));
        assertEquals(expected, states(save(target, set + "." + format + ".n", "ndjson"), ignored));
        assertTimesClose(states(file(set + ".ndjson")), states(file(set + "." + format + ".n")));
    }

    private static void assertTimesClose(
            Map<String, Map<String, Object>> expected, Map<String, Map<String, Object>> found) {
        expected.forEach(
                (key, state) -> {
                    for (String time : new String[] {"created_ms", "expires_ms"}) {
                        long a = ((BigDecimal) state.get(time)).longValueExact();
                        long b = ((BigDecimal) found.get(key).get(time)).longValueExact();
                        assertTrue(Math.abs(a - b) <= 1_000, key + " " + time + " " + (a - b));
                    }
                });
    }

    private Path save(FileNode node, String name, String format) {
        node.ok("save", "--force", "--format", format, file(name).toString());
        return file(name);
    }

    private Path file(String name) {
        return root.resolve(name);
    }

    /** Without head and end, and without what a load is meant to change. */
    private static List<String> lines(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return lines.subList(1, lines.size() - 1).stream()
                .map(line -> line.replaceAll("\"confirmed\":\\w+|\"origin\":\"\\w*\"", ""))
                .toList();
    }

    private static Map<String, Map<String, Object>> states(Path file, String... without)
            throws IOException {
        Map<String, Map<String, Object>> states = new HashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(1, lines.size() - 1)) {
            Map<String, Object> state = JsonTree.object(line);
            for (String field : without) {
                state.remove(field);
            }
            states.put(state.get("id") + "/" + state.get("creatorid"), state);
        }
        return states;
    }

    private static List<byte[]> frames(Path pcap) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(pcap)) {
            CapturedPacket packet;
            while ((packet = reader.next()) != null) {
                if (packet.kind() == PacketKind.COMPLETE
                        && packet.protocol() == PortConfig.PFSYNC) {
                    byte[] frame = new byte[packet.payload().capacity()];
                    packet.payload().getBytes(0, frame);
                    frames.add(frame);
                }
            }
        }
        return frames;
    }

    private static byte[] slice(byte[] bytes, int from, int length) {
        return java.util.Arrays.copyOfRange(bytes, from, from + length);
    }
}
