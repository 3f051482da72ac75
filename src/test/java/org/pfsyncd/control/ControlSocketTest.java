package org.pfsyncd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.FakeControlNode;
import org.pfsyncd.support.JsonTree;

/** Requests over the socket and back. */
class ControlSocketTest {
    @TempDir private Path directory;

    private final FakeControlNode node = new FakeControlNode();
    private ControlServer server;
    private ControlClient client;

    @BeforeEach
    void open() throws IOException {
        server = new ControlServer(directory.resolve("control"), node);
        client = new ControlClient(server.path());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void shouldStartARoundAndTellHowFarItIs() throws IOException {
        node.verify(
                new VerifyStatus(false, false, 0, -1, 0, 0, "waiting for position 7/99"),
                new VerifyStatus(true, true, 1234, 0, 0xabcL, 0, ""));
        Map<String, Object> started = ask(Request.verify("fw2", 0));
        assertEquals(Map.of("round", new BigDecimal(5)), started);
        assertEquals(1, node.startCount());

        Map<String, Object> first = ask(Request.verify("fw2", 5));
        assertEquals(false, first.get("done"));
        assertEquals(null, first.get("buckets_differing"));
        assertEquals("waiting for position 7/99", first.get("note"));

        Map<String, Object> last = ask(Request.verify("fw2", 5));
        assertEquals(1, node.startCount(), "asking starts nothing");
        assertEquals(true, last.get("done"));
        assertEquals(true, last.get("equal"));
        assertEquals(new BigDecimal(1234), last.get("states"));
        assertEquals(new BigDecimal(0), last.get("buckets_differing"));
        assertEquals("0000000000000abc", last.get("digest"));
        assertEquals(
                "equal: 1,234 states, 1,024 of 1,024 buckets, digest 0000000000000abc, peer fw2",
                last.get("text"));
    }

    @Test
    void shouldSayWhatIsWrongWithARequestAndGoOn() throws IOException {
        for (String[] request :
                new String[][] {
                    {"[1]", "a request is one JSON object"},
                    {"{\"verb\":\"states\",\"colour\":1}", "\\\"colour\\\" is not a field"},
                    {"{\"verb\":\"states\",\"id\":\"-1\"}", "give 1 to 16 hexadecimal digits"},
                    {"{\"verb\":\"states\",\"creatorid\":\"123456789\"}", "give 1 to 8 hex"},
                    {"{\"verb\":\"states\",\"address\":\"0a0100\"}", "8 hexadecimal digits for"}
                }) {
            client.ask(request[0]);
            String answer = client.line();
            assertTrue(answer.contains("error") && answer.contains(request[1]), answer);
        }
        assertEquals(new BigDecimal(5), ask(Request.verify("fw2", 0)).get("round"));
    }

    @Test
    void shouldNotCallARoundEqualBeforeItIsDone() throws IOException {
        node.verify(new VerifyStatus(false, true, 1, 0, 1, 0, ""));
        assertEquals(false, ask(Request.verify("fw2", 5)).get("equal"));
    }

    @Test
    void shouldNameThePeersForAnUnknownOneAndGoOn() throws IOException {
        assertEquals(
                "no peer is called fw9; peers here: fw2",
                ask(Request.verify("fw9", 0)).get("error"));
        assertEquals("no round 4 with peer fw2", ask(Request.verify("fw2", 4)).get("error"));
        Map<String, Object> nameless = ask(new Request("verify", true, 0, "", StateFilter.ANY));
        assertEquals("verify needs a peer; give its name", nameless.get("error"));
        assertEquals(new BigDecimal(5), ask(Request.verify("fw2", 0)).get("round"));
    }

    @Test
    void shouldListTheVerbs() throws IOException {
        String error =
                (String) ask(new Request("dance", true, 0, "", StateFilter.ANY)).get("error");
        assertTrue(error.endsWith("verbs: status states sync verify save load clear"), error);
    }

    @Test
    void shouldDescribeWhatDiffers() {
        assertEquals(
                "NOT equal: 1,234 states, 1,021 of 1,024 buckets, digest 0000000000000001, 2"
                        + " states repaired, peer fw2; see the log",
                new VerifyStatus(true, false, 1234, 3, 1, 2, "see the log").describe("fw2"));
        assertEquals(
                "NOT equal: 1,234 states, not compared, peer fw2; the peer is down",
                new VerifyStatus(true, false, 1234, -1, 1, 0, "the peer is down").describe("fw2"));
    }

    private Map<String, Object> ask(Request request) throws IOException {
        client.ask(request);
        return JsonTree.object(client.line());
    }
}
