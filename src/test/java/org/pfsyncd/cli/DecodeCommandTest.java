package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.capture.CaptureWriter;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.LinkType;
import org.pfsyncd.text.Vectors;
import picocli.CommandLine;

class DecodeCommandTest {
    private static final String TCP_LIFE = new Recording("02-tcp-life").pcap().toString();

    @TempDir private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldPrintACaptureForPeople() {
        assertEquals(0, decode("--verbose", TCP_LIFE));
        String first = out.toString().lines().findFirst().orElseThrow();
        assertEquals(
                "2026-11-22T07:52:03.287812Z 10.0.0.1 > 224.0.0.240: PFSYNCv5 (FreeBSD 1301) len"
                        + " 270 ttl 255 pfcksum 0xde651bb45a95a3a6ef627506a498f2b3",
                first);
        assertTrue(
                err.toString().contains("10 pfsync packets (0 cut short or fragments), 0 others"));
    }

    @Test
    void shouldFilterByActionAndCreator() {
        assertEquals(0, decode("--json", "--action", "INS,DEL_C", TCP_LIFE));
        assertEquals(4, out.toString().lines().count());
        assertEquals(0, decode("--json", "--creator", "0xa1a1a1a1", TCP_LIFE));
        assertEquals(10, out.toString().lines().count());
        assertEquals(0, decode("--json", "--creator", "b2b2b2b2", TCP_LIFE));
        assertEquals("", out.toString());
    }

    @Test
    void shouldNoteACaptureThatIsStillBeingWritten() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of(TCP_LIFE));
        Path cut = folder.resolve("cut.pcap");
        Files.write(cut, Arrays.copyOf(whole, whole.length - 5));
        assertEquals(0, decode("--json", cut.toString()));
        assertEquals(9, out.toString().lines().count());
        assertTrue(err.toString().contains("cut.pcap: offset "), err.toString());
    }

    @Test
    void shouldFailOnWhatIsNoCaptureAndReadTheNextFile() {
        assertEquals(1, decode("--json", "pom.xml", "nosuch.pcap", TCP_LIFE));
        assertEquals(10, out.toString().lines().count());
        assertTrue(err.toString().contains("pom.xml: starts with 3c3f786d"), err.toString());
        assertTrue(err.toString().contains("nosuch.pcap: no such file"), err.toString());
    }

    @Test
    void shouldCountPacketsOfOtherProtocolsAndReportCutOnes() throws IOException {
        Path file = folder.resolve("other.pcap");
        byte[] frame = Vectors.bytes("V06");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CaptureWriter writer = new CaptureWriter(bytes, LinkType.RAW_IP)) {
            CapturedPacket packet = new CapturedPacket().addresses(new byte[4], new byte[4]);
            packet.ttl(255).payload(new UnsafeBuffer(frame), 0, frame.length);
            writer.write(packet.protocol(112));
            writer.write(packet.protocol(240));
        }
        byte[] capture = bytes.toByteArray();
        int second = 24 + 16 + 20 + frame.length;
        capture[second + 11] = (byte) (20 + frame.length - 4);
        Files.write(file, Arrays.copyOf(capture, capture.length - 4));
        assertEquals(0, decode("--json", "-v", file.toString()));
        assertEquals(
                "{\"t\":0.000000,\"from\":\"0.0.0.0\",\"to\":\"0.0.0.0\",\"error\":\"truncated\",\"detail\":\"44"
                    + " of 48 bytes were captured; capture whole packets (tcpdump -s"
                    + " 0)\",\"version\":6}\n",
                out.toString());
        assertTrue(
                err.toString().contains("1 pfsync packets (1 cut short or fragments), 1 others"));
    }

    @Test
    void shouldRefuseWrongUsage() {
        assertEquals(2, decode("--creator", "wxyz", TCP_LIFE));
        assertTrue(err.toString().contains("--creator wxyz is not a creatorid"));
        assertEquals(2, decode("--action", "GONE", TCP_LIFE));
        assertEquals(2, decode("--nonsense"));
    }

    @Test
    void shouldHelpWithAnExample() {
        assertEquals(0, decode("--help"));
        assertTrue(out.toString().contains("tcpdump -i em1 -U -w - proto 240 | pfsyncd decode -"));
    }

    private int decode(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(new DecodeCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }
}
