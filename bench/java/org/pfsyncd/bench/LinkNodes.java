package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Starts what the scenarios of the link have in common, in the namespaces of the lab. */
final class LinkNodes {
    private static final String COMPARED = "/link-digests-compared";

    private LinkNodes() {}

    /** A node whose peers are reached over a carrier, {@code raw} or {@code udp}. */
    static NodeConfig config(Bench bench, String name, String carrier, List<String> peers)
            throws IOException {
        NodeConfig config = new NodeConfig(bench, name);
        for (String peer : peers) {
            config.peer(peer, bench.lab().address(peer, name), carrier);
        }
        return config;
    }

    /**
     * Starts one whose firewall is a {@link BenchPort}.
     *
     * @param prefix what starts it in its namespace.
     * @param stamps file that it shares with the benchmark.
     * @param role {@code send}; or {@code see}, which stamps each state, and {@code finish}, which
     *     stamps the newest.
     */
    static Child start(
            Bench bench, List<String> prefix, NodeConfig config, StampsAt stamps, String role)
            throws IOException {
        return Child.start(
                bench,
                prefix,
                ChildKind.LINK_NODE,
                config.write(),
                stamps.path(),
                stamps.count(),
                role,
                role.equals("finish") ? 1 : 0);
    }

    /**
     * A file of stamps.
     *
     * @param path where it is.
     * @param count how many it has room for.
     */
    record StampsAt(Path path, int count) {
        StampFile open() throws IOException {
            return new StampFile(path, count);
        }
    }

    /** Starts an end of the floor, which is stopped until it is wanted. */
    static Child floor(Bench bench, String node, StampsAt stamps, String carrier, int lengthBytes)
            throws IOException {
        boolean isSender = node.equals("a");
        Child floor =
                Child.start(
                        bench,
                        prefix(bench, node),
                        ChildKind.HOP_FLOOR,
                        stamps.path(),
                        stamps.count(),
                        isSender ? "send" : "see",
                        bench.lab().address(isSender ? "b" : "a", node),
                        carrier,
                        lengthBytes);
        floor.setRunning(false);
        return floor;
    }

    /** On a core of its own where there are two. */
    static List<String> prefix(Bench bench, String node) throws IOException {
        return bench.cores() > 1 ? bench.lab().pinnedIn(node) : bench.lab().in(node);
    }

    /** Waits until both have compared their tables once more. */
    static void awaitEqual(Bench bench, NodeConfig left, NodeConfig right) throws IOException {
        String toRight = right.name() + COMPARED;
        String toLeft = left.name() + COMPARED;
        long leftBefore = Bench.counter(left, toRight);
        long rightBefore = Bench.counter(right, toLeft);
        try (Gauge ofLeft = new Gauge(left, toRight);
                Gauge ofRight = new Gauge(right, toLeft)) {
            bench.await(
                    "equal digests",
                    () -> ofLeft.value() > leftBefore && ofRight.value() > rightBefore);
        }
    }
}
