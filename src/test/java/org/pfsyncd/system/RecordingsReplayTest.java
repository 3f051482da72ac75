package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfsyncd.cli.Recording;
import org.pfsyncd.support.ChildJvm;
import org.pfsyncd.support.DaemonProcess;
import org.pfsyncd.support.Namespaces;
import org.pfsyncd.system.TableComparison.Snapshot;

/**
 * Every recording of a real FreeBSD, sent again over a veth pair to a daemon; at each listing that
 * the kernel gave while it was recorded, the daemon's table is compared with it by the rules of
 * {@link TableComparison}.
 */
@Tag("privileged")
class RecordingsReplayTest {
    private static final Pattern SNAPSHOT =
            Pattern.compile(
                    "- ([+-][0-9.]+): snapshot \"(.*)\" of the state table of host ([AB]):"
                            + " (\\d+) states");

    /**
     * Fewest listings, states, and states compared by their moment; fewer, and the test has stopped
     * looking. States that live shorter than an announcement takes are only excused, as in set 15,
     * where all are older than the recording.
     */
    private static final Map<String, Least> LEAST =
            Map.ofEntries(
                    Map.entry("02-tcp-life", new Least(7, 10, 2)),
                    Map.entry("03-udp", new Least(4, 6, 6)),
                    Map.entry("04-icmp", new Least(3, 2, 2)),
                    Map.entry("05-ipv6", new Least(6, 16, 12)),
                    Map.entry("06-nat", new Least(6, 20, 20)),
                    Map.entry("07-rdr-binat", new Least(4, 6, 6)),
                    Map.entry("08-many-flows", new Least(2, 500, 300)),
                    Map.entry("09-if-bound", new Least(3, 9, 7)),
                    Map.entry("10-clear-and-kill", new Least(4, 27, 22)),
                    Map.entry("12-update-requests", new Least(2, 70, 70)),
                    Map.entry("12b-bulk-600-states", new Least(1, 600, 600)),
                    Map.entry("13-ins-ack", new Least(4, 11, 0)),
                    Map.entry("14-unicast-syncpeer", new Least(1, 6, 6)),
                    Map.entry("15-stale-updates", new Least(9, 0, 0)),
                    Map.entry("16-maxupd-1", new Least(1, 2, 0)),
                    Map.entry("16-maxupd-128", new Least(1, 2, 0)),
                    Map.entry("16-maxupd-4", new Least(1, 2, 0)),
                    Map.entry("17-two-hosts-bulk", new Least(4, 112, 56)),
                    Map.entry("24-defer", new Least(1, 12, 10)),
                    Map.entry("24b-defer-corrected-kernel", new Least(3, 74, 74)),
                    Map.entry("24c-defer-two-hosts", new Least(4, 52, 26)),
                    Map.entry("25-pfsync-down-up", new Least(2, 4, 4)),
                    Map.entry("26-replay-into-host", new Least(6, 186, 2)),
                    Map.entry("27-two-hosts-live", new Least(14, 62, 26)),
                    Map.entry("28-route-to-reply-to", new Least(2, 6, 6)),
                    Map.entry("29-tcp-half-open-reset-other", new Least(6, 26, 20)),
                    Map.entry("30-state-flags", new Least(1, 10, 10)));

    /**
     * The kernel gave no listing while these were recorded; what 22 did to its table is compared
     * case by case in {@code AcceptRejectTest}.
     */
    private static final List<String> NOT_LISTED =
            List.of(
                    "01-start-bulk-request",
                    "21-mtu",
                    "22-accept-reject",
                    "23b-many-unknown-updates");

    private static final String GROUP = "224.0.0.240";
    private static final String PEER = "10.0.0.9";
    private static final long ARRIVAL_LIMIT_MS = 5_000;

    private static Namespaces namespaces;
    private static Process player;
    private static BufferedReader answers;

    @TempDir Path directory;

    @BeforeAll
    static void connect() throws IOException {
        namespaces = Namespaces.create();
        player =
                new ProcessBuilder(
                                ChildJvm.command(
                                        namespaces.inFar(),
                                        "org.pfsyncd.support.PacketPlayer",
                                        List.of()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        answers =
                new BufferedReader(
                        new InputStreamReader(player.getInputStream(), StandardCharsets.UTF_8));
    }

    @AfterAll
    static void disconnect() throws IOException {
        if (player != null) {
            player.destroyForcibly();
        }
        if (namespaces != null) {
            namespaces.close();
        }
    }

    static Stream<String> names() throws IOException {
        return Recording.names().filter(name -> !NOT_LISTED.contains(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldHoldWhatTheKernelListed(String name) throws IOException {
        Recording recording = new Recording(name);
        List<Map<String, Object>> messages = recording.messages();
        double firstAt = ((BigDecimal) messages.get(0).get("t")).doubleValue();
        List<Map<String, Object>> listed = recording.states();
        TableComparison comparison = new TableComparison(messages);
        boolean isUnicast = name.equals("14-unicast-syncpeer");
        String destination = isUnicast ? PEER : GROUP;
        if (isUnicast) {
            namespaces.nearAddress("add", PEER);
        }
        try (DaemonProcess daemon = new DaemonProcess(directory, namespaces.inNear())) {
            daemon.configure(tables(isUnicast ? "10.0.0.1" : GROUP)).start();
            double previous = 0;
            int sent = 0;
            int snapshots = 0;
            for (Snapshot snapshot : snapshots(recording, firstAt, listed)) {
                sent += play(recording.pcap(), previous, snapshot.at(), destination);
                previous = snapshot.at();
                awaitArrival(daemon, sent);
                List<Map<String, Object>> now =
                        listed.stream().filter(state -> isOf(state, snapshot)).toList();
                assertEquals(snapshot.count(), now.size(), "the recording itself");
                comparison.compare(snapshot, now, daemon.states());
                snapshots++;
            }
            System.out.printf(
                    "%s: %d packets, %d snapshots, %d states, %d also by their moment, %d"
                            + " excused%n",
                    name,
                    sent,
                    snapshots,
                    comparison.states(),
                    comparison.moments(),
                    comparison.excused());
            assertEquals(List.of(), comparison.failures());
            Least least = LEAST.get(name);
            assertEquals(least.snapshots(), snapshots);
            assertTrue(comparison.states() >= least.states(), "too few states compared");
            assertTrue(comparison.moments() >= least.moments(), "too few moments compared");
        } finally {
            if (isUnicast) {
                namespaces.nearAddress("del", PEER);
            }
        }
    }

    private static String tables(String syncpeer) {
        return """
        [journal]
        reserve = "1MiB"
        block-size = "8MiB"

        [[group]]
        name = "firewalls"
        syncdev = "lo"
        syncpeer = "%s"
        """
                .formatted(syncpeer)
                .replace("\"lo\"", "\"" + Namespaces.INTERFACE + "\"");
    }

    private static void awaitArrival(DaemonProcess daemon, int sent) {
        assertTrue(
                ChildJvm.await(
                        ARRIVAL_LIMIT_MS, () -> daemon.counter("received-inet-packets") >= sent),
                () -> sent + " packets sent, arrived " + daemon.counter("received-inet-packets"));
        assertEquals(sent, daemon.counter("received-inet-packets"));
        daemon.status(); // the cycle that counted the last packet has ended when this is answered
    }

    private static int play(Path pcap, double from, double to, String destination)
            throws IOException {
        OutputStream commands = player.getOutputStream();
        commands.write(
                String.format("%s %d %d %s%n", pcap, ns(from), ns(to), destination)
                        .getBytes(StandardCharsets.UTF_8));
        commands.flush();
        String answer = answers.readLine();
        assertTrue(answer != null && answer.startsWith("sent "), "the player has died: " + answer);
        return Integer.parseInt(answer.substring("sent ".length()));
    }

    private static long ns(double seconds) {
        return BigDecimal.valueOf(seconds).movePointRight(9).longValue();
    }

    private static boolean isOf(Map<String, Object> state, Snapshot snapshot) {
        return snapshot.name().equals(state.get("snapshot"))
                && snapshot.host().equals(state.get("host"));
    }

    /** The description lists them all; the listings know their exact time, if they have a state. */
    private static List<Snapshot> snapshots(
            Recording recording, double firstAt, List<Map<String, Object>> listed)
            throws IOException {
        List<Snapshot> snapshots = new ArrayList<>();
        for (String line : Files.readAllLines(recording.pcap().resolveSibling("README.md"))) {
            Matcher matcher = SNAPSHOT.matcher(line);
            if (matcher.matches()) {
                Snapshot rough =
                        new Snapshot(
                                matcher.group(2),
                                matcher.group(3),
                                firstAt + Double.parseDouble(matcher.group(1)),
                                Integer.parseInt(matcher.group(4)));
                double at =
                        listed.stream()
                                .filter(state -> isOf(state, rough))
                                .mapToDouble(s -> ((BigDecimal) s.get("t_unix")).doubleValue())
                                .findFirst()
                                .orElse(rough.at());
                snapshots.add(new Snapshot(rough.name(), rough.host(), at, rough.count()));
            }
        }
        snapshots.sort(Comparator.comparingDouble(Snapshot::at));
        return snapshots;
    }

    /** How much a set must at least give to compare. */
    private record Least(int snapshots, int states, int moments) {}
}
