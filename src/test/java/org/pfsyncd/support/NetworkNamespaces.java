package org.pfsyncd.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.pfsyncd.os.LibcFiles;
import org.pfsyncd.os.LibcSockets;

/**
 * Two network namespaces joined by a veth pair: {@code a} with 10.0.0.9/24 and {@code b} with
 * 10.0.0.3/24, both interfaces called {@code sync0}, with fe80::9 and fe80::3 beside. Needs root
 * and ip(8); removed by {@link #close}.
 */
public final class NetworkNamespaces implements AutoCloseable {
    public static final String INTERFACE = "sync0";
    public static final String ADDRESS_A = "10.0.0.9";
    public static final String ADDRESS_B = "10.0.0.3";

    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final long COMMAND_SECONDS = 20;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String a;
    private final String b;

    /** Skips the test with one line where namespaces cannot be made. */
    public static NetworkNamespaces create() throws IOException {
        boolean isRoot = Program.isRoot();
        boolean hasIp =
                Files.isExecutable(Path.of("/usr/sbin/ip"))
                        || Files.isExecutable(Path.of("/sbin/ip"));
        Assumptions.assumeTrue(
                isRoot && hasIp, "skipped: network namespaces need root and ip(8) (iproute2)");
        return new NetworkNamespaces(
                Long.toString(ProcessHandle.current().pid(), 36) + "n" + COUNT.incrementAndGet());
    }

    private NetworkNamespaces(String id) throws IOException {
        a = "pfa" + id;
        b = "pfb" + id;
        try {
            run("ip", "netns", "add", a);
            run("ip", "netns", "add", b);
            createInterface();
            for (String name : List.of(a, b)) {
                run("ip", "-n", name, "link", "set", "lo", "up");
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Makes the veth pair, addressed and up. */
    public void createInterface() throws IOException {
        run(
                "ip", "-n", a, "link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE,
                "netns", b);
        run("ip", "-n", a, "addr", "add", ADDRESS_A + "/24", "dev", INTERFACE);
        run("ip", "-n", b, "addr", "add", ADDRESS_B + "/24", "dev", INTERFACE);
        // nodad: usable at once, not after a second of looking for duplicates.
        run("ip", "-n", a, "addr", "add", "fe80::9/64", "dev", INTERFACE, "nodad");
        run("ip", "-n", b, "addr", "add", "fe80::3/64", "dev", INTERFACE, "nodad");
        run("ip", "-n", a, "link", "set", INTERFACE, "up");
        run("ip", "-n", b, "link", "set", INTERFACE, "up");
    }

    /** Deletes the veth pair and makes another of the same name. */
    public void recreateInterface() throws IOException {
        deleteInterface();
        createInterface();
    }

    /** Deletes the veth pair, on both sides. */
    public void deleteInterface() throws IOException {
        run("ip", "-n", a, "link", "del", INTERFACE);
    }

    /** Changes a link in a namespace, {@code ip link set dev ...}: up, down, mtu 1400. */
    public static void setLink(String namespace, String... change) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("ip", "-n", namespace, "link", "set", "dev", INTERFACE));
        command.addAll(List.of(change));
        run(command.toArray(String[]::new));
    }

    public String nameA() {
        return a;
    }

    public String nameB() {
        return b;
    }

    /**
     * Runs a task on a thread of its own that lives in a namespace; the result, or what it threw.
     */
    public static <T> CompletableFuture<T> inside(String namespace, Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                enter(namespace);
                                result.complete(task.call());
                            } catch (Throwable t) {
                                result.completeExceptionally(t);
                            }
                        },
                        "in-" + namespace);
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** As {@link #inside}, waiting for the end. */
    public static <T> T await(CompletableFuture<T> result, long seconds) throws Exception {
        try {
            return result.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void enter(String namespace) {
        int fd = LibcFiles.openReadOnly(Path.of("/run/netns", namespace));
        int result = fd < 0 ? fd : LibcSockets.setns(fd, CLONE_NEWNET);
        if (fd >= 0) {
            LibcFiles.close(fd);
        }
        if (result < 0) {
            throw new IllegalStateException("setns " + namespace + " failed: errno " + -result);
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /**
     * Deletes both namespaces, the second also if the first will not go, and with them the pair.
     */
    @Override
    public void close() throws IOException {
        try {
            run("ip", "netns", "del", a);
        } finally {
            run("ip", "netns", "del", b);
        }
    }
}
