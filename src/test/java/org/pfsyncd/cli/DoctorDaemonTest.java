package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A daemon beside doctor that does not answer as it should takes nothing from the report. */
@Timeout(30)
class DoctorDaemonTest {
    @TempDir private Path directory;

    private final StringWriter notes = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"error\":\"too busy\"} | too busy",
                "{\"status\":{\"t\":1.0},\"text\":\"\"} | has no \"clock_ahead_ms\"",
                "{\"status\":{\"t\":\"x\",\"clock_ahead_ms\":0},\"text\":\"\"} | \"x\"",
                "{\"status\":{\"t\":1.0,,,,\"text\":\"\"} | ','",
                "hello | no status",
                "~~ | pfsyncd status"
            })
    void shouldNoteAnAnswerThatIsNoneAndGoOn(String answer, String expected)
            throws IOException, InterruptedException {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel server =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(socket))) {
            Thread daemon = new Thread(() -> answer(server, answer));
            daemon.start();
            assertEquals(Map.of(), DoctorDaemon.ask(socket, new PrintWriter(notes)));
            daemon.join();
        }
        assertTrue(notes.toString().startsWith("the daemon did not answer: "), notes.toString());
        assertTrue(notes.toString().contains(expected), notes.toString());
    }

    /** The first connection only looks whether anybody is there. */
    private static void answer(ServerSocketChannel server, String line) {
        try {
            server.accept().close();
            try (SocketChannel asking = server.accept()) {
                asking.read(ByteBuffer.allocate(1_000));
                if (!line.isEmpty()) {
                    asking.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldSayNothingWhereNoDaemonRuns() {
        assertEquals(Map.of(), DoctorDaemon.ask(directory.resolve("none"), new PrintWriter(notes)));
        assertEquals("", notes.toString());
    }
}
