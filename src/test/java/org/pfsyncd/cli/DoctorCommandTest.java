package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfsyncd.doctor.RecordedPackets;
import org.pfsyncd.support.JsonTree;

/** The verb on captures: every recording of a real kernel, and what it says to people. */
class DoctorCommandTest {
    /** What is wrong in a recording, by its description; nothing in those not named here. */
    private static final Map<String, List<String>> WRONG =
            Map.of(
                    "01-start-bulk-request", // "while nobody answers"
                    List.of("bulk-unanswered 10.0.0.1"),
                    "22-accept-reject", // hand-made: TTL, version, lengths, another source address
                    List.of(
                            "ttl 10.0.0.9",
                            "version 10.0.0.9",
                            "malformed 10.0.0.9",
                            "duplicate-hostid 10.0.0.77"),
                    "23b-many-unknown-updates", // the peer never answers for its states
                    List.of("requests-unanswered 10.0.0.9"));

    @TempDir private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    static Stream<String> recordings() throws IOException {
        return Recording.names();
    }

    private int doctor(String... arguments) {
        return Pfsyncd.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(
                        Stream.concat(Stream.of("doctor"), Stream.of(arguments))
                                .toArray(String[]::new));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void shouldJudgeEveryRecordingByWhatWasDoneInIt(String name) {
        int exitCode = doctor("--json", "--read", RecordedPackets.pcap(name).toString());
        List<String> faults = new DoctorStage.Verdict(exitCode, out.toString()).faults();
        assertEquals(WRONG.getOrDefault(name, List.of()), faults, out.toString());
        assertEquals(faults.isEmpty() ? 0 : 1, exitCode);
    }

    @Test
    void shouldSayWhatIsSeenWhatItMeansAndWhatToDo() {
        assertEquals(1, doctor("--read", RecordedPackets.pcap("01-start-bulk-request").toString()));
        List<String> lines = out.toString().lines().toList();
        assertEquals(
                "01-start-bulk-request.pcap: 1 fault; 36 packets of 1 sender in 65.3 s",
                lines.get(0));
        assertEquals("FAULT bulk-unanswered 10.0.0.1", lines.get(2));
        assertTrue(lines.get(3).startsWith("  seen   10.0.0.1 asked for the whole table 8 times"));
        assertTrue(lines.get(4).startsWith("  means  the asking host has none of the older"));
        assertTrue(out.toString().contains("ifconfig pfsync0"));
        assertTrue(lines.size() < 24, "one screen");
    }

    @Test
    void shouldGiveOneObjectALine() {
        doctor("--json", "--read", RecordedPackets.pcap("01-start-bulk-request").toString());
        List<Map<String, Object>> lines = out.toString().lines().map(JsonTree::object).toList();
        assertEquals(2, lines.size());
        assertEquals("bulk-unanswered", lines.get(0).get("fault"));
        assertEquals("8", lines.get(0).get("value"));
        assertEquals(false, lines.get(1).get("healthy"));
    }

    @Test
    void shouldCallACaptureWithoutPfsyncSilent() throws IOException {
        Path empty = directory.resolve("empty.pcap");
        byte[] header = Files.readAllBytes(RecordedPackets.pcap("01-start-bulk-request"));
        Files.write(empty, java.util.Arrays.copyOf(header, 24));
        assertEquals(1, doctor("--json", "--read", empty.toString()));
        assertEquals(List.of("nothing-heard"), new DoctorStage.Verdict(1, out.toString()).faults());
    }

    @Test
    void shouldEndWithTwoWhereNothingCanBeLookedAt() {
        assertEquals(2, doctor("--read", directory.resolve("no.pcap").toString()));
        assertTrue(err.toString().contains("no such file"), err.toString());
        assertEquals(2, doctor("--seconds", "0"));
        assertTrue(err.toString().contains("--seconds 0 is out of range"), err.toString());
        assertEquals(2, doctor("-c", directory.resolve("no.toml").toString()));
        assertEquals(0, doctor("--help"));
        assertTrue(out.toString().contains("pfsyncd doctor --read sync.pcap"));
    }
}
