package org.pfsyncd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.doctor.RecordedPackets;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.os.RawSocket;
import org.pfsyncd.os.SocketConfig;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.support.NetworkNamespaces;

/**
 * A segment for one staged fault: two firewalls, {@link #HOST_1} and {@link #HOST_2}, in one
 * namespace, and the doctor in the other, with the verb itself. Owned by one test's thread.
 */
final class DoctorStage implements AutoCloseable {
    static final String HOST_1 = NetworkNamespaces.ADDRESS_A;
    static final String HOST_2 = "10.0.0.8";
    static final String US = NetworkNamespaces.ADDRESS_B;
    static final String GROUP = PortConfig.PFSYNC_GROUP;

    private static final int BUFFER_BYTES = 1 << 20;
    private static final long COMMAND_SECONDS = 20;
    private static final long VERDICT_SECONDS = 60;

    private final NetworkNamespaces namespaces;
    private final Path directory;
    private String settings = "";

    DoctorStage(Path directory) throws IOException {
        this.directory = directory;
        namespaces = NetworkNamespaces.create();
        firewalls("ip", "addr", "add", HOST_2 + "/24", "dev", NetworkNamespaces.INTERFACE);
    }

    String nameA() {
        return namespaces.nameA();
    }

    String nameB() {
        return namespaces.nameB();
    }

    /** Adds a line to the group's configuration. */
    DoctorStage set(String line) {
        settings += line + "\n";
        return this;
    }

    /** Runs a command in the firewalls' namespace. */
    void firewalls(String... command) throws IOException {
        run(nameA(), command);
    }

    /** Runs a command in the doctor's namespace. */
    void here(String... command) throws IOException {
        run(nameB(), command);
    }

    private static String run(String namespace, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", all) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return output;
    }

    /** IPv4 packets that the doctor's namespace has sent since it was made. */
    long sentPackets() throws IOException {
        String[] rows =
                run(nameB(), "cat", "/proc/net/snmp")
                        .lines()
                        .filter(line -> line.startsWith("Ip:"))
                        .toArray(String[]::new);
        List<String> columns = List.of(rows[0].split(" ", -1));
        return Long.parseLong(rows[1].split(" ", -1)[columns.indexOf("OutRequests")]);
    }

    /** A raw socket of protocol 240 in the firewalls' namespace. */
    Host host(String address, String destination) throws Exception {
        return host(PortConfig.PFSYNC, NetworkNamespaces.INTERFACE, address, destination);
    }

    /** A raw socket of any protocol on any interface of the firewalls' namespace. */
    Host host(int protocol, String interfaceName, String address, String destination)
            throws Exception {
        SocketConfig config =
                new SocketConfig(
                        protocol,
                        interfaceName,
                        InetAddress.ofLiteral(address),
                        InetAddress.ofLiteral(destination),
                        0,
                        BUFFER_BYTES);
        return new Host(open(nameA(), config));
    }

    /**
     * A socket of the doctor's host that joins the group, as the daemon's does, and never reads.
     */
    RawSocket member(int bufferBytes) throws Exception {
        return open(
                nameB(),
                new SocketConfig(
                        PortConfig.PFSYNC,
                        NetworkNamespaces.INTERFACE,
                        null,
                        InetAddress.ofLiteral(GROUP),
                        0,
                        bufferBytes));
    }

    private static RawSocket open(String namespace, SocketConfig config) throws Exception {
        return NetworkNamespaces.await(
                NetworkNamespaces.inside(
                        namespace,
                        () -> {
                            RawSocket socket = new RawSocket(config);
                            int result = socket.open();
                            if (result < 0) {
                                throw new IOException("errno " + -result);
                            }
                            return socket;
                        }),
                COMMAND_SECONDS);
    }

    Path runDir() {
        return directory.resolve("run");
    }

    /** What the verb said, after it listened to {@code act}. */
    Verdict verdict(int seconds, Act act) throws Exception {
        Path file = directory.resolve("pfsyncd.toml");
        Files.createDirectories(runDir());
        Files.writeString(
                file,
                String.format(
                        "[node]%nname = \"stage\"%ndata-dir = \"%s\"%nrun-dir = \"%s\"%n[[group]]%n"
                                + "name = \"lan\"%nsyncdev = \"%s\"%n%s",
                        directory.resolve("data"),
                        runDir(),
                        NetworkNamespaces.INTERFACE,
                        settings));
        StringWriter out = new StringWriter();
        CompletableFuture<Integer> doctor =
                NetworkNamespaces.inside(
                        nameB(),
                        () ->
                                Pfsyncd.commandLine()
                                        .setOut(new PrintWriter(out))
                                        .setErr(new PrintWriter(out))
                                        .execute(
                                                "doctor",
                                                "--json",
                                                "-c",
                                                file.toString(),
                                                "--seconds",
                                                String.valueOf(seconds)));
        boolean listens = Await.until(COMMAND_SECONDS * 1000, () -> doctor.isDone() || isHeard());
        if (listens && !doctor.isDone()) {
            act.perform();
        }
        int exitCode = NetworkNamespaces.await(doctor, VERDICT_SECONDS);
        return new Verdict(exitCode, out.toString());
    }

    /** The doctor's last step before it listens is to make the interface promiscuous. */
    private boolean isHeard() {
        try {
            return run(nameB(), "ip", "-d", "link", "show", NetworkNamespaces.INTERFACE)
                    .contains("promiscuity 1");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        namespaces.close();
    }

    /** What happens while the doctor listens. */
    @FunctionalInterface
    interface Act {
        void perform() throws Exception;
    }

    /** A sender. */
    static final class Host implements AutoCloseable {
        private final RawSocket socket;

        Host(RawSocket socket) {
            this.socket = socket;
        }

        /** Sends what a recorded host sent. */
        Host replay(String recording, String recordedHost) throws IOException {
            for (RecordedPackets.Recorded packet : RecordedPackets.of(recording)) {
                if (packet.from().equals(recordedHost)) {
                    send(packet.payload());
                }
            }
            return this;
        }

        /** Sends a frame; that a filter on the way drops it is part of the stage. */
        Host send(byte[] frame) {
            socket.send(new UnsafeBuffer(frame), 0, frame.length);
            return this;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /**
     * What the verb said.
     *
     * @param exitCode of the verb.
     * @param text its output.
     */
    record Verdict(int exitCode, String text) {
        /** Fault and sender of each finding. */
        List<String> faults() {
            return text.lines()
                    .filter(line -> line.startsWith("{"))
                    .map(JsonTree::object)
                    .filter(object -> object.containsKey("fault"))
                    .map(Verdict::name)
                    .toList();
        }

        private static String name(Map<String, Object> finding) {
            return (finding.get("fault") + " " + finding.get("sender")).strip();
        }
    }
}
