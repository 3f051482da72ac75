package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.pfsyncd.pfhost.LiveHost;
import org.pfsyncd.pfhost.PfHostSettings;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.LoadSender;
import org.pfsyncd.support.NetworkNamespaces;
import org.pfsyncd.support.Program;

/**
 * Nodes as processes, each in a network namespace of its own with an interface {@code sync0},
 * 10.5.0.N, and all of these on one bridge. Node N is called nN. Needs root and ip(8).
 */
final class LinkLab implements AutoCloseable {
    static final long LIMIT_MS = 30_000;

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int NET = 1;

    /** Most 625 states a second, so that two loads fill no table in a minute. */
    private static final long PACE_NS = 8_000_000;

    private static final Executor THREADS = task -> new Thread(task, "starts-a-node").start();

    final List<Node> nodes = new ArrayList<>();
    private final Path directory;
    private final String id =
            Long.toString(ProcessHandle.current().pid(), 36) + "l" + COUNT.incrementAndGet();
    private final String hub = "pfh" + id;
    private final List<String> segments = new ArrayList<>();
    private String carrier = "raw";

    /** Nodes that know nobody yet; skips the test with one line where namespaces cannot be made. */
    LinkLab(Path directory, int count) throws IOException {
        this.directory = directory;
        boolean canRun =
                Program.isRoot() && Program.run("sh", "-c", "command -v ip").exitCode() == 0;
        Assumptions.assumeTrue(
                canRun, "skipped: network namespaces need root and ip(8) (iproute2)");
        try {
            run("ip", "netns", "add", hub);
            run("ip", "-n", hub, "link", "add", "bridge", "type", "bridge");
            run("ip", "-n", hub, "link", "set", "bridge", "up");
            for (int i = 1; i <= count; i++) {
                nodes.add(new Node(i));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    LinkLab carrier(String name) {
        carrier = name;
        return this;
    }

    /** Each of the first so many knows the others of these. */
    LinkLab mesh(int count) {
        for (int i = 1; i <= count; i++) {
            for (int j = i + 1; j <= count; j++) {
                pair(i, j);
            }
        }
        return this;
    }

    /** Two know each other. */
    LinkLab pair(int one, int other) {
        node(one).knows(node(other));
        node(other).knows(node(one));
        return this;
    }

    Node node(int number) {
        return nodes.get(number - 1);
    }

    /** Starts them all at once and waits until every conversation is up. */
    LinkLab start() {
        start(nodes);
        awaitUp();
        return this;
    }

    /** Waits until every conversation of the running nodes is up. */
    void awaitUp() {
        await("every link up", () -> running().stream().allMatch(Node::isUp));
    }

    List<Node> running() {
        return nodes.stream().filter(node -> node.isRunning).toList();
    }

    static void start(List<Node> these) {
        CompletableFuture.allOf(
                        these.stream()
                                .map(node -> CompletableFuture.runAsync(node::start, THREADS))
                                .toArray(CompletableFuture[]::new))
                .join();
    }

    /**
     * Every running node holds the same states, so many, bit for bit, and has that proven of each
     * peer.
     */
    void awaitEqual(long states) {
        await("equality of " + states + " states", () -> isEqual(states));
    }

    private boolean isEqual(long states) {
        Object digest = nodes.get(0).daemon.status().get("digest");
        for (Node node : running()) {
            Map<String, Object> status = node.daemon.status();
            if (number(status.get("states")) != states
                    || !digest.equals(status.get("digest"))
                    || !node.peers().stream().allMatch(p -> p.get("in_sync").equals(true))) {
                return false;
            }
        }
        return true;
    }

    void await(String what, BooleanSupplier condition) {
        assertTrue(Await.until(LIMIT_MS, condition), () -> what + " did not come: " + this);
    }

    static long number(Object value) {
        return ((BigDecimal) value).longValueExact();
    }

    /** What each node says and has logged. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Node node : nodes) {
            out.append("\n").append(node.name()).append(": ");
            if (node.isRunning) {
                out.append(node.daemon.status()).append('\n').append(node.daemon.log());
            }
        }
        return out.toString();
    }

    @Override
    public void close() throws IOException {
        for (Node node : nodes) {
            node.close();
        }
        run("ip", "netns", "del", hub);
    }

    private static void run(String... command) throws IOException {
        Program.Result result = Program.run(command);
        if (result.exitCode() != 0) {
            throw new IOException(String.join(" ", command) + ": " + result.out());
        }
    }

    private static void inside(String namespace, String words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(words.split(" ")));
        run(command.toArray(String[]::new));
    }

    /** A daemon, its namespace, and perhaps a firewall that loads it. */
    final class Node {
        final DaemonProcess daemon;
        LoadSender load;
        private final int number;
        private final String namespace;
        private final StringBuilder config = new StringBuilder();
        private String name;
        private volatile boolean isRunning;

        private Node(int number) throws IOException {
            this.number = number;
            name = "n" + number;
            namespace = "pfn" + number + id;
            run("ip", "netns", "add", namespace);
            run("ip", "-n", namespace, "link", "set", "lo", "up");
            wire(NetworkNamespaces.INTERFACE, "bridge", address());
            Path own = Files.createDirectory(directory.resolve(name));
            daemon = new DaemonProcess(own, "ip", "netns", "exec", namespace);
        }

        /** An interface, addressed and up, on one of the hub's bridges. */
        private void wire(String device, String bridge, String address) throws IOException {
            String port = device + number;
            String peer = "link add " + device + " type veth peer name " + port + " netns " + hub;
            inside(namespace, peer);
            inside(namespace, "addr add " + address + "/24 dev " + device);
            inside(namespace, "link set " + device + " up");
            inside(hub, "link set " + port + " master " + bridge + " up");
        }

        /** One interface more, of the name of a segment that all who are on it share. */
        Node on(String segment) throws IOException {
            if (!segments.contains(segment)) {
                inside(hub, "link add " + segment + " type bridge mcast_snooping 0");
                inside(hub, "link set " + segment + " up");
                segments.add(segment);
            }
            wire(segment, segment, "10.6." + segments.indexOf(segment) + "." + number);
            return this;
        }

        /** A scripted firewall, instead of a daemon, on a segment. */
        LiveHost host(String segment, PfHostSettings settings) {
            return new LiveHost(namespace, segment, settings);
        }

        /** More of its configuration. */
        Node configured(String toml) {
            config.append(toml);
            return this;
        }

        String name() {
            return name;
        }

        String address() {
            return "10.5.0." + number;
        }

        String namespace() {
            return namespace;
        }

        /** What it calls itself, instead of nN. */
        void callsItself(String other) {
            name = other;
        }

        void knows(Node other) {
            knows(other, other.name);
        }

        void knows(Node other, String as) {
            config.append(
                    """
                    [[peer]]
                    name = "%s"
                    address = "%s"
                    carrier = "%s"
                    """
                            .formatted(as, other.address(), carrier));
        }

        /** A firewall of its own, whose inserts it acknowledges. */
        Node loaded() throws IOException {
            try {
                load =
                        NetworkNamespaces.await(
                                NetworkNamespaces.inside(
                                        namespace,
                                        () ->
                                                new LoadSender(
                                                        NET,
                                                        LoadSender.CREATOR_ID + number,
                                                        PACE_NS)),
                                10);
            } catch (Exception e) {
                throw new IOException(e);
            }
            config.append(load.group("always"));
            return this;
        }

        void start() {
            try {
                daemon.configure(name, daemon.dataDir(), config.toString()).start();
                isRunning = true;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        void kill() {
            isRunning = false;
            daemon.kill();
        }

        void setLink(String upOrDown) throws IOException {
            NetworkNamespaces.setLink(namespace, upOrDown);
        }

        /** Runs nft(8) in the namespace. */
        String nft(String command) throws IOException {
            Program.Result result = Program.run("ip", "netns", "exec", namespace, "nft", command);
            if (result.exitCode() != 0) {
                throw new IOException("nft " + command + ": " + result.out());
            }
            return result.out();
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> peers() {
            return (List<Map<String, Object>>) daemon.status().get("peers");
        }

        Map<String, Object> peer(Node other) {
            return peers().stream()
                    .filter(peer -> peer.get("address").equals(other.address()))
                    .findFirst()
                    .orElseThrow();
        }

        boolean isUp(Node other) {
            return peer(other).get("up").equals(true);
        }

        boolean isUp() {
            return peers().stream().allMatch(peer -> peer.get("up").equals(true));
        }

        String reason(Node other) {
            return (String) peer(other).get("reason");
        }

        /** Newest document of its journal. */
        long sequence() {
            return number(((Map<?, ?>) daemon.status().get("journal")).get("sequence"));
        }

        /** How far it has another's journal. */
        long received(Node other) {
            return number(peer(other).get("received_sequence"));
        }

        /** Exit code and words of {@code pfsyncd verify}. */
        Program.Result verify(Node other) throws IOException {
            return Program.pfsyncd(
                    "verify", "--peer", other.name, "-c", daemon.config().toString());
        }

        private void close() throws IOException {
            if (load != null) {
                load.close();
            }
            isRunning = false;
            daemon.close();
            run("ip", "netns", "del", namespace);
        }
    }
}
