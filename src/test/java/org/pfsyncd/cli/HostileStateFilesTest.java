package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;

/**
 * Files and places that are not what they should be: a sentence for each, and no half of a load.
 */
@Tag("system")
@Tag("apart")
class HostileStateFilesTest {
    private static final int STATES = 100;

    @TempDir Path root;

    private FileNode node;
    private FileNode target;
    private Path saved;

    @BeforeEach
    void open() throws Exception {
        node = new FileNode(root, "node").start();
        target = new FileNode(root, "target").start();
        NameTable names = new NameTable();
        StateRecords states = new StateRecords(names);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 1; i <= STATES; i++) {
            frames.add(
                    FrameBuilder.of(Dialect.V6)
                            .names(names)
                            .insert(
                                    states.tcp(i, 0xa1b2c3d4)
                                            .wire("10.1.0." + i + ":1000", "10.2.0.10:80")
                                            .record())
                            .bytes());
        }
        node.offer(frames, "10.0.0.1");
        saved = root.resolve("saved.ndjson");
        node.ok("save", saved.toString());
    }

    @AfterEach
    void close() {
        node.close();
        target.close();
    }

    @Test
    void shouldNotWriteWhereItMustNot() throws IOException {
        refused(1, "exists; choose another name, or replace it with --force", "save", saved);
        assertEquals(STATES + 2, Files.readAllLines(saved).size());
        Path link = Files.createSymbolicLink(root.resolve("link"), root.resolve("nowhere"));
        refused(1, "is a symbolic link to", "save", "--force", link);
        refused(1, "is not a regular file", "save", "--force", root);
        refused(1, "no such directory; create it first", "save", root.resolve("no/file"));
        refused(2, "but was 'xml'", "save", "--format", "xml", root.resolve("x"));
        Path locked = Files.createDirectory(root.resolve("locked"));
        assertEquals(List.of(), list(locked));
        refused(2, "no group is called x", "save", "--group", "x", locked.resolve("f"));
        assertEquals(List.of(), list(locked), "nothing is left behind");
    }

    @Test
    void shouldNotReadWhatIsNoFileOfStates() throws IOException {
        refused(1, "no such file", "load", root.resolve("nothing"));
        refused(1, "is a directory", "load", root);
        refused(1, "is not a regular file", "load", Path.of("/dev/zero"));
        refused(1, "is empty", "load", write("empty", new byte[0]));
        refused(1, "neither NDJSON nor records", "load", write("x", "hello".getBytes(UTF_8)));
        refused(1, "neither NDJSON nor records", "load", write("z", new byte[264 * 242]));
        refused(
                1,
                "this program reads pfsyncd-states version 1",
                "load",
                write("new", text().replaceFirst("\"version\":1", "\"version\":2")));
    }

    @Test
    void shouldLoadNothingOfAFileThatIsCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(saved);
        Path cut = write("cut", Arrays.copyOf(whole, whole.length / 2));
        refused(1, "it is cut off; nothing was loaded. --partial", "load", cut);
        node.ok("save", "--format", "raw264", root.resolve("raw").toString());
        byte[] raw = Files.readAllBytes(root.resolve("raw"));
        refused(
                1,
                "26399 bytes are 99 records of 264 bytes and 263 bytes of one that is cut off",
                "load",
                "--format",
                "raw264",
                write("rawcut", Arrays.copyOf(raw, raw.length - 1)));
        FileNode.Result partial = target.run("load", "--partial", cut.toString());
        assertEquals(1, partial.exitCode(), "one line is half");
        assertTrue(partial.err().contains("refused, value: it is not JSON"), partial.err());
        assertTrue(target.size() > STATES / 3 && target.size() < STATES, "" + target.size());
    }

    @Test
    void shouldLoadNothingOfAFileThatWasEdited() throws IOException {
        String text = text();
        refused(
                1,
                "its digest is",
                "load",
                write("edited", text.replaceFirst("10\\.1\\.0\\.5\"", "10.1.0.6\"")));
        refused(
                1,
                "the end line counts 100 states, and there are 200",
                "load",
                write("double", text.replaceAll("(\\{\"id\".*\n)", "$1$1")));
        refused(
                1,
                "the head, {\"format\":",
                "load",
                write("headless", text.substring(text.indexOf('\n') + 1)));
        FileNode.Result two = target.run("load", write("two", text + text).toString());
        assertTrue(two.err().contains("counts 100 states, and there are"), two.err());
        assertEquals(0, target.size());
    }

    @Test
    void shouldTellTheRecordLengthWhereBothFit() throws IOException {
        for (String format : List.of("raw264", "raw242")) {
            node.ok("save", "--format", format, root.resolve(format).toString());
            byte[] both = Arrays.copyOf(Files.readAllBytes(root.resolve(format)), 11 * 264);
            try (StateFile file = StateFile.open(write("both", both), null)) {
                assertEquals(format.equals("raw264") ? 11 : 12, file.total());
            }
        }
    }

    @Test
    void shouldAnswerHostileRequestsWithASentence() throws IOException {
        String line = Files.readAllLines(saved).get(1);
        String many = "[" + String.join(",", Collections.nCopies(65, "{}")) + "]";
        for (String[] request :
                new String[][] {
                    {"{\"verb\":\"clear\"}", "nothing says which states to clear"},
                    {"{\"verb\":\"clear\",\"creatorid\":\"zz\"}", "give 1 to 8 hexadecimal"},
                    {"{\"verb\":\"clear\",\"address\":\"0a\"}", "give 8 hexadecimal digits"},
                    {"{\"verb\":\"clear\",\"colour\":1}", "is not a field of a request of clear"},
                    {"{\"verb\":\"load\",\"states\":[1,2]}", "is an array of objects"},
                    {"{\"verb\":\"load\",\"states\":" + many + "}", "more than 64 states"},
                    {"{\"verb\":\"load\",\"states\":[{\"id\":", "not a request"},
                    {"{\"verb\":\"load\",\"states\":[{\"id\":[[]]},{}]}", "\"value\":2"},
                    {"{\"states\":[" + line + "],\"verb\":\"load\"}", "\"inserted\":1"}
                }) {
            String answer = target.ask(request[0]);
            assertTrue(answer.contains(request[1]), answer);
        }
    }

    @Test
    void shouldCountAndNameEveryRefusedLine() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(saved));
        lines.set(5, lines.get(5).replace("\"timeout\":2,", "\"timeout\":99,"));
        lines.set(7, "\u0001garbage");
        lines.set(9, "{\"id\":\"" + "9".repeat(100_000) + "\"}");
        lines.set(11, "[[[[".repeat(3_000));
        lines.set(13, lines.get(13).replace("\"realm\":\"g\"", "\"realm\":\"elsewhere\""));
        FileNode.Result result =
                target.run("load", write("bad", String.join("\n", lines) + "\n").toString());
        assertEquals(1, result.exitCode());
        assertTrue(result.out().contains("95 inserted, 0 merged, 0 known"), result.toString());
        assertTrue(result.out().contains("5 refused (realm 1, value 4)"), result.toString());
        for (String said :
                List.of(
                        "line 6 id=",
                        "timeout=99; it must be a whole number from 0 to 24",
                        "line 8: refused, value: it is not JSON",
                        "line 10: refused, value: it is longer than 16384 bytes",
                        "line 12: refused, value",
                        "line 14 id=",
                        "give --realm to load it")) {
            assertTrue(result.err().contains(said), said + "\n" + result.err());
        }
        assertEquals(95, target.size());
    }

    @Test
    void shouldRefuseWhatIsNotUtf8AndALineWithoutEnd() throws IOException {
        Path huge = root.resolve("huge");
        try (OutputStream out = Files.newOutputStream(huge)) {
            out.write("{\"".getBytes(UTF_8));
            byte[] block = new byte[1 << 20];
            Arrays.fill(block, (byte) 'x');
            for (int i = 0; i < 64; i++) {
                out.write(block);
            }
        }
        refused(1, "the head, {\"format\":", "load", huge);
        byte[] bytes = text().getBytes(UTF_8);
        int at = text().indexOf("\"all\"") + 1;
        bytes[at] = (byte) 0xC3;
        FileNode.Result result = target.run("load", "--partial", write("latin", bytes).toString());
        assertTrue(result.err().contains("line 2: refused, value: it is not UTF-8"), result.err());
    }

    @Test
    void shouldRefuseGarbageRecordsOneByOneAndKeepTheNameTableFree() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        target.ok("load", saved.toString());
        byte[] garbage = new byte[264 * 20_000];
        new Random(seed).nextBytes(garbage);
        for (int i = 0; i < 20_000; i++) {
            garbage[i * 264 + 252] = 1; // direction, af, timeout, states, ifname: sound
            garbage[i * 264 + 250] = 2;
            garbage[i * 264 + 255] = 2;
            garbage[i * 264 + 104 + 24] = 4;
            garbage[i * 264 + 136 + 24] = 4;
            garbage[i * 264 + 62] = 0;
            garbage[i * 264 + 102] = 0;
            byte[] name = ("i" + i).getBytes(UTF_8);
            System.arraycopy(Arrays.copyOf(name, 16), 0, garbage, i * 264 + 8, 16);
        }
        FileNode.Result result =
                target.run("load", "--format", "raw264", write("garbage", garbage).toString());
        assertEquals(1, result.exitCode(), "seed " + seed);
        assertTrue(result.out().contains("names-full 1"), "seed " + seed + result.out());
        assertTrue(target.size() < 3_072 + STATES, "" + target.size());
        assertTrue(
                result.err().contains("further refusals are only counted"),
                "seed " + seed + result.err());
        FileNode.Result sound = target.run("load", saved.toString());
        assertEquals(0, sound.exitCode(), "what is known still comes in: " + sound);
    }

    private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

    private void refused(int exitCode, String message, Object... args) {
        String[] words = Stream.of(args).map(Object::toString).toArray(String[]::new);
        FileNode.Result result = target.run(words);
        assertEquals(exitCode, result.exitCode(), result.toString());
        assertTrue(result.err().contains(message), result.err());
        assertEquals(0, target.size());
    }

    private String text() throws IOException {
        return Files.readString(saved);
    }

    private Path write(String name, String text) throws IOException {
        return write(name, text.getBytes(UTF_8));
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(root.resolve(name), bytes);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
