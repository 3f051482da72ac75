package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Network namespaces a, b and c, joined a to b and a to c; a core for a and another for the rest.
 * Removed at the end.
 */
final class BenchNetwork implements AutoCloseable {
    private static final List<String> NODES = List.of("a", "b", "c");
    private static final String PREFIX = System.getProperty("pfsyncd.bench.namespaces", "pfbench-");

    BenchNetwork() throws Exception {
        close();
        for (String node : NODES) {
            run("ip", "netns", "add", PREFIX + node);
            run("ip", "-n", PREFIX + node, "link", "set", "lo", "up");
        }
        veth("a", "b", "10.250.0.1", "10.250.0.2", "v0");
        veth("a", "c", "10.250.1.1", "10.250.1.2", "v1");
    }

    private static void veth(String left, String right, String from, String to, String device)
            throws Exception {
        run(
                "ip",
                "-n",
                PREFIX + left,
                "link",
                "add",
                device,
                "type",
                "veth",
                "peer",
                "name",
                device,
                "netns",
                PREFIX + right);
        run("ip", "-n", PREFIX + left, "addr", "add", from + "/24", "dev", device);
        run("ip", "-n", PREFIX + right, "addr", "add", to + "/24", "dev", device);
        run("ip", "-n", PREFIX + left, "link", "set", device, "up");
        run("ip", "-n", PREFIX + right, "link", "set", device, "up");
    }

    /** The address under which another reaches a node. */
    String address(String node, String from) {
        return switch (node) {
            case "a" -> from.equals("c") ? "10.250.1.1" : "10.250.0.1";
            case "b" -> "10.250.0.2";
            default -> "10.250.1.2";
        };
    }

    /** What starts a process in a node's namespace. */
    List<String> command(String node) {
        return List.of("ip", "netns", "exec", PREFIX + node);
    }

    /** What starts a process in a node's namespace, on its core. */
    List<String> pinned(String node) {
        return List.of(
                "ip",
                "netns",
                "exec",
                PREFIX + node,
                "taskset",
                "-c",
                node.equals("a") ? "0" : "1");
    }

    /** Loses some of a hundred frames on the way from a to b. */
    void lose(int percent) throws Exception {
        run("ip", "netns", "exec", PREFIX + "b", "nft", "add", "table", "ip", "bench");
        run(
                "ip",
                "netns",
                "exec",
                PREFIX + "b",
                "nft",
                "add chain ip bench in { type filter hook prerouting priority -300; }");
        run(
                "ip",
                "netns",
                "exec",
                PREFIX + "b",
                "nft",
                "add rule ip bench in numgen random mod 100 < " + percent + " drop");
    }

    private static void run(String... command) throws Exception {
        Path output = Files.createTempFile("pfsyncd-bench", ".out");
        int code =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start()
                        .waitFor();
        String text = Files.readString(output);
        Files.delete(output);
        if (code != 0) {
            throw new IOException(String.join(" ", command) + ": " + text);
        }
    }

    @Override
    public void close() throws IOException {
        for (String node : NODES) {
            Process process =
                    new ProcessBuilder("ip", "netns", "del", PREFIX + node)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.onExit().join();
        }
    }
}
