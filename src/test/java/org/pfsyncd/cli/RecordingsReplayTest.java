package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.agent.DaemonControl;
import org.pfsyncd.agent.Settings;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.support.NetworkNamespaces;
import org.pfsyncd.text.StateJson;
import org.pfsyncd.wire.StateRecord;

/**
 * Proof on real input: every recording that lists a table is sent over a veth pair, real raw
 * sockets on both ends, into a whole daemon, and the mirror must become what the kernel listed
 * last.
 *
 * <p>A kernel announces a change up to a second late, so the mirror may equal the listing at any
 * packet between the listing and 1.2 s after it; somewhere there it must: the same states,
 * everything that cannot change equal, and peers and timeout equal too, but for the sets in {@link
 * #MOMENTARY_DIFFERENCES}.
 */
@Tag("privileged")
class RecordingsReplayTest {
    private static final double ANNOUNCE_S = 1.2;
    private static final String[] IMMUTABLE = {
        "ifname", "af", "proto", "direction", "wire", "stack", "rt_addr", "log"
    };
    private static final String[] MOMENTARY = {"src", "dst", "timeout"};

    /** Sets whose listing cannot be had from their packets, and why. */
    private static final Map<String, String> NOT_COMPARABLE =
            Map.of(
                    "15-stale-updates", "its states were announced before the recording begins",
                    "22-accept-reject",
                            "refused packets, compared case by case in AcceptRejectTest",
                    "25-pfsync-down-up", "states made while pfsync was down are never announced");

    /** Sets in which so many states may differ in what changes from moment to moment, and why. */
    private static final Map<String, Integer> MOMENTARY_DIFFERENCES = Map.of();

    @TempDir Path directory;

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldMirrorWhatTheKernelListed() throws Exception {
        List<String> failures = new ArrayList<>();
        int sets = 0;
        int states = 0;
        try (NetworkNamespaces namespaces = NetworkNamespaces.create()) {
            for (String name : Recording.names().toList()) {
                Recording recording = new Recording(name);
                if (recording.states().isEmpty() || NOT_COMPARABLE.containsKey(name)) {
                    continue;
                }
                Outcome outcome = replay(namespaces, name, recording);
                System.out.println(name + ": " + outcome);
                sets++;
                states += outcome.states;
                if (!outcome.isEqual
                        || outcome.momentary > MOMENTARY_DIFFERENCES.getOrDefault(name, 0)) {
                    failures.add(name + ": " + outcome);
                }
            }
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        assertTrue(
                sets >= 25 && states >= 1443,
                "compared only " + states + " states in " + sets + " sets");
    }

    private record Outcome(boolean isEqual, int states, int momentary, String difference) {}

    private Outcome replay(NetworkNamespaces namespaces, String name, Recording recording)
            throws Exception {
        Path home = Files.createDirectory(directory.resolve(name));
        PfsyncdConfig config =
                ConfigLoader.parse(
                        """
                        [node]
                        name = "replay"
                        data-dir = "%s"
                        run-dir = "%s"
                        capacity = 10000
                        [journal]
                        block-size = "1MiB"
                        ring-size = "8MiB"
                        reserve = 0
                        [[group]]
                        name = "sync"
                        syncdev = "%s"
                        """
                                .formatted(
                                        home.resolve("data"),
                                        home.resolve("run"),
                                        NetworkNamespaces.INTERFACE),
                        name,
                        new Machine("replay", true, "root", List.of(NetworkNamespaces.INTERFACE)));
        CompletableFuture<DaemonControl> control = new CompletableFuture<>();
        CompletableFuture<Boolean> stop = new CompletableFuture<>();
        CompletableFuture<Boolean> node =
                NetworkNamespaces.inside(namespaces.nameB(), () -> live(config, control, stop));
        node.exceptionally(e -> control.completeExceptionally(e));
        try {
            DaemonControl daemon = control.get(20, TimeUnit.SECONDS);
            return NetworkNamespaces.await(
                    NetworkNamespaces.inside(namespaces.nameA(), () -> play(recording, daemon)),
                    60);
        } finally {
            stop.complete(true);
            NetworkNamespaces.await(node, 20);
        }
    }

    private static boolean live(
            PfsyncdConfig config,
            CompletableFuture<DaemonControl> control,
            CompletableFuture<Boolean> stop)
            throws IOException {
        try (Daemon daemon =
                new Daemon(
                                config,
                                SystemClocks.surroundings(),
                                group -> SocketPort.open(Settings.port(group)))
                        .open()) {
            control.complete(daemon.control());
            while (!stop.isDone()) {
                if (daemon.step() == 0) {
                    Thread.onSpinWait();
                }
            }
        }
        return true;
    }

    /**
     * Sends the recording and looks at the mirror after every packet that may complete the last
     * listing.
     */
    private static Outcome play(Recording recording, DaemonControl daemon) throws Exception {
        List<Map<String, Object>> listing = lastListing(recording);
        double listedAt = time(listing.get(0));
        Outcome best = null;
        long sent = 0;
        try (SocketPort port =
                        SocketPort.open(
                                PortConfig.pfsync(
                                        NetworkNamespaces.INTERFACE,
                                        PortConfig.PFSYNC_GROUP,
                                        null));
                CaptureReader reader = CaptureReader.open(recording.pcap())) {
            UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(65_536));
            CapturedPacket packet;
            while ((packet = reader.next()) != null) {
                double at = packet.timestampNs() / 1e9;
                if (at > listedAt + ANNOUNCE_S) {
                    break;
                }
                if (packet.kind() != PacketKind.COMPLETE
                        || packet.protocol() != PortConfig.PFSYNC) {
                    continue;
                }
                if (at >= listedAt && best == null) {
                    best = better(null, compare(listing, await(daemon, sent)));
                }
                frame.putBytes(0, packet.payload(), 0, packet.payload().capacity());
                if (port.send(frame, 0, packet.payload().capacity()) < 0) {
                    throw new IOException("send failed");
                }
                sent++;
                if (at >= listedAt) {
                    best = better(best, compare(listing, await(daemon, sent)));
                }
            }
            return better(best, compare(listing, await(daemon, sent)));
        }
    }

    private static Outcome better(Outcome a, Outcome b) {
        if (a == null || (b.isEqual && !a.isEqual)) {
            return b;
        }
        return a.isEqual == b.isEqual && b.momentary < a.momentary ? b : a;
    }

    /** The mirror once it has seen every packet sent. */
    private static Map<List<Object>, Map<String, Object>> await(DaemonControl daemon, long sent)
            throws Exception {
        long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (frames(daemon) < sent) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError(
                        "only " + frames(daemon) + " of " + sent + " packets arrived");
            }
            Thread.onSpinWait();
        }
        return mirror(daemon);
    }

    private static long frames(DaemonControl daemon) throws Exception {
        return daemon.status().groups().get(0).senders().stream()
                .mapToLong(sender -> sender.frames())
                .sum();
    }

    private static Map<List<Object>, Map<String, Object>> mirror(DaemonControl daemon)
            throws Exception {
        Map<List<Object>, Map<String, Object>> states = new HashMap<>();
        StateJson stateJson = new StateJson(daemon.names());
        StateRecord record = new StateRecord();
        for (int segment = 0; segment < daemon.segmentCount(); segment++) {
            UnsafeBuffer copy = new UnsafeBuffer(daemon.copySegment(segment));
            for (int at = 0; at < copy.capacity(); at += StateRecord.LENGTH) {
                StringWriter line = new StringWriter();
                try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
                    stateJson.write(json, record.wrap(copy, at), daemon.nowMs());
                }
                Map<String, Object> state = JsonTree.object(line.toString());
                states.put(key(state), state);
            }
        }
        return states;
    }

    private static List<Map<String, Object>> lastListing(Recording recording) {
        List<Map<String, Object>> all = recording.states();
        Map<String, Object> last = all.get(all.size() - 1);
        return all.stream()
                .filter(
                        state ->
                                state.get("snapshot").equals(last.get("snapshot"))
                                        && state.get("host").equals(last.get("host")))
                .toList();
    }

    private static Outcome compare(
            List<Map<String, Object>> listing, Map<List<Object>, Map<String, Object>> mirror) {
        StringBuilder difference = new StringBuilder();
        int momentary = 0;
        boolean isEqual = mirror.size() == listing.size();
        if (!isEqual) {
            difference
                    .append(mirror.size())
                    .append(" states instead of ")
                    .append(listing.size())
                    .append("; ");
        }
        for (Map<String, Object> listed : listing) {
            Map<String, Object> mirrored = mirror.get(key(listed));
            if (mirrored == null) {
                isEqual = false;
                difference.append("missing ").append(key(listed)).append("; ");
                continue;
            }
            isEqual &= isEqual(listed, mirrored, IMMUTABLE, difference);
            momentary += isEqual(listed, mirrored, MOMENTARY, difference) ? 0 : 1;
        }
        String text =
                difference.length() > 600 ? difference.substring(0, 600) : difference.toString();
        return new Outcome(isEqual, listing.size(), momentary, text);
    }

    private static boolean isEqual(
            Map<String, Object> listed,
            Map<String, Object> mirrored,
            String[] fields,
            StringBuilder difference) {
        boolean isEqual = true;
        for (String field : fields) {
            if (!Objects.equals(listed.get(field), mirrored.get(field))) {
                isEqual = false;
                difference
                        .append(listed.get("id"))
                        .append(' ')
                        .append(field)
                        .append(": listed ")
                        .append(listed.get(field))
                        .append(" mirrored ")
                        .append(mirrored.get(field))
                        .append("; ");
            }
        }
        return isEqual;
    }

    private static List<Object> key(Map<String, Object> state) {
        return List.of(state.get("id"), state.get("creatorid"));
    }

    private static double time(Map<String, Object> state) {
        return ((BigDecimal) state.get("t_unix")).doubleValue();
    }
}
