package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.support.FakeControlNode.PEER;
import static org.pfsyncd.support.FakeControlNode.group;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.control.ControlServer;
import org.pfsyncd.control.VerifyStatus;
import org.pfsyncd.support.FakeControlNode;
import org.pfsyncd.support.JsonTree;

/** {@code status --ready} and {@code verify}, as a script sees them: one line, one exit code. */
class PeerCommandsTest {
    private static final VerifyStatus WAITING =
            new VerifyStatus(false, false, 0, -1, 0, 0, "waiting for position 7/99");
    private static final VerifyStatus EQUAL = new VerifyStatus(true, true, 1234, 0, 0xabcL, 0, "");
    private static final VerifyStatus DIFFERENT =
            new VerifyStatus(true, false, 1234, 3, 0xabcL, 0, "");

    @TempDir private Path directory;

    private final FakeControlNode node = new FakeControlNode();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path config;
    private ControlServer server;

    @BeforeEach
    void open() throws IOException {
        config =
                Files.writeString(
                        directory.resolve("p.toml"),
                        """
                        [node]
                        name = "fw1"
                        data-dir = "%s"
                        run-dir = "%s"
                        [[peer]]
                        name = "fw2"
                        address = "192.0.2.2"
                        mode = "receive"
                        """
                                .formatted(directory.resolve("data"), directory));
        server = new ControlServer(directory.resolve("control"), node);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldSayReadyInOneLine() {
        node.show(FakeControlNode.status(List.of(group(true)), List.of(PEER), false));
        assertEquals(0, pfsyncd("status", "--ready"));
        assertEquals("ready\n", out.toString());
        assertEquals(0, pfsyncd("status", "--ready", "--json"));
        assertEquals("{\"ready\":true,\"unready_reason\":\"\"}\n", out.toString());
    }

    @Test
    void shouldSayWhyNotReadyInOneLine() {
        node.show(FakeControlNode.status(List.of(group(false)), List.of(PEER), true));
        assertEquals(1, pfsyncd("status", "--ready"));
        assertEquals(
                "not ready: lan: silent for too long; the journal has stopped\n", out.toString());
        assertEquals(1, pfsyncd("status", "--ready", "--json"));
        assertEquals(
                Map.of(
                        "ready",
                        false,
                        "unready_reason",
                        "lan: silent for too long; the journal has stopped"),
                JsonTree.object(out.toString()));
    }

    @Test
    void shouldPrintTheWholeScreenToItsEnd() {
        node.show(FakeControlNode.status(List.of(), List.of(PEER), false));
        assertEquals(0, pfsyncd("status"));
        assertTrue(out.toString().endsWith("no repairs\n"), out.toString());
    }

    @Test
    void shouldPollUntilTheTablesAreProvenEqual() {
        node.verify(WAITING, WAITING, EQUAL);
        assertEquals(0, pfsyncd("verify", "--peer", "fw2"));
        assertEquals(
                "equal: 1,234 states, 1,024 of 1,024 buckets, digest 0000000000000abc, peer fw2\n",
                out.toString());
        assertEquals(1, node.startCount());
    }

    @Test
    void shouldFailIfTheTablesDiffer() {
        node.verify(DIFFERENT);
        assertEquals(1, pfsyncd("verify", "--peer", "fw2"));
        assertEquals(
                "NOT equal: 1,234 states, 1,021 of 1,024 buckets, digest 0000000000000abc, peer"
                        + " fw2\n",
                out.toString());
        assertEquals(1, pfsyncd("verify", "--peer", "fw2", "--json"));
        assertEquals(false, JsonTree.object(out.toString()).get("equal"));
    }

    @Test
    void shouldFailAtTheDeadlineAndSayWhatItWaitedFor() {
        node.verify(WAITING);
        assertEquals(1, pfsyncd("verify", "--peer", "fw2", "--timeout", "0s"));
        assertEquals(
                "NOT equal: no result within 0 s, peer fw2, waiting for position 7/99; see: pfsyncd"
                        + " status, or give a longer --timeout\n",
                out.toString());
    }

    @Test
    void shouldRefuseAnUnknownPeerAndWrongUsage() {
        assertEquals(1, pfsyncd("verify", "--peer", "fw9"));
        assertEquals("no peer is called fw9; peers here: fw2\n", err.toString());
        assertEquals(2, pfsyncd("verify", "--peer", "fw2", "--timeout", "soon"));
        assertTrue(err.toString().startsWith("--timeout soon is not a duration"), err.toString());
        assertEquals(2, pfsyncd("verify"));
        assertEquals(0, node.startCount());
    }

    @Test
    void shouldCheckPeers() {
        assertEquals(0, pfsyncd("check"));
        assertTrue(out.toString().contains("0 group(s), 1 peer(s)"), out.toString());
        assertTrue(
                out.toString().contains("OK   peer fw2         192.0.2.2, raw 253, receive only\n"),
                out.toString());
    }

    private int pfsyncd(String verb, String... options) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] args = new String[options.length + 3];
        args[0] = verb;
        args[1] = "-c";
        args[2] = config.toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return Pfsyncd.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }
}
