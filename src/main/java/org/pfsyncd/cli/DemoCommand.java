package org.pfsyncd.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.pfsyncd.net.PortException;
import picocli.CommandLine.Command;

/**
 * {@code demo}: real recorded traffic into a node, a crash, a replay, percentiles; no
 * configuration, loopback only.
 */
@Command(
        name = "demo",
        description =
                "Plays traffic recorded from a FreeBSD kernel into a node on loopback, kills it,"
                        + " shows what is left.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  pfsyncd demo"})
public final class DemoCommand implements Callable<Integer> {
    private static final List<String> LIVE =
            List.of("02-tcp-life", "28-route-to-reply-to", "30-state-flags");
    private static final String BULK = "12b-bulk-600-states";
    private static final int INSERTS = 5_000;
    private static final int WARM_UP = 20_000;
    private static final int LINES = 5;
    private static final long SETTLE_LIMIT_NS = 10_000_000_000L;
    private static final Pattern FIELD =
            Pattern.compile("\"(states|digest|replayed_digest)\":\"?([^,\"}]+)");

    /** Every verb takes {@code -c}, so that a wrapper need not know which of them read it. */
    @SuppressWarnings("UnusedVariable")
    @picocli.CommandLine.Mixin
    private ConfigOption config;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("pfsyncd-demo");
        Path shm = Path.of("/dev/shm");
        Path runDir =
                Files.isWritable(shm)
                        ? Files.createTempDirectory(shm, "pfsyncd-demo")
                        : directory.resolve("run");
        boolean isRaw = hasRawSockets();
        say("1. A node starts: journal in %s, ring in %s", directory, runDir);
        if (!isRaw) {
            say(
                    "   CAP_NET_RAW is missing, so UDP on loopback carries the packets; as root it"
                            + " is IP protocol 240.");
        }
        try (DemoNode node =
                        new DemoNode(
                                DemoNode.thisProgram(), directory, runDir, isRaw ? "raw" : "udp");
                DemoFirewall firewall = new DemoFirewall(isRaw)) {
            node.start();
            fill(node, firewall);
            Histogram latencies = measure(firewall);
            boolean isEqual = crash(node);
            print(latencies, isRaw);
            return isEqual ? 0 : 1;
        } finally {
            TemporaryDirectory.delete(runDir);
            TemporaryDirectory.delete(directory);
        }
    }

    private static boolean hasRawSockets() {
        try {
            new DemoFirewall(true).close();
            return true;
        } catch (PortException e) {
            return false;
        }
    }

    private void fill(DemoNode node, DemoFirewall firewall) throws IOException {
        if (firewall.awaitBulkRequest()) {
            say(
                    "2. It asks the firewall for its whole table; the firewall (%s) answers as a"
                            + " FreeBSD 12.1 kernel did:",
                    DemoFirewall.ADDRESS);
        }
        say("   %,5d packets of %-22s %s", firewall.play(BULK), BULK, settled(node, 600));
        for (String name : LIVE) {
            say("   %,5d packets of %-22s %s", firewall.play(name), name, summary(node.status()));
        }
        say("   The first of them:");
        for (String line : node.states(LINES)) {
            say("     %s", line);
        }
    }

    /** Polls until the table holds that many states, or too long. */
    private String settled(DemoNode node, long states) throws IOException {
        long deadlineNs = SystemClocks.nowNs() + SETTLE_LIMIT_NS;
        String status = node.status();
        while (Long.parseLong(field(status, "states")) < states
                && SystemClocks.nowNs() - deadlineNs < 0) {
            status = node.status();
        }
        return summary(status);
    }

    private Histogram measure(DemoFirewall firewall) {
        say(
                "3. The firewall inserts states one at a time and waits for each acknowledgement"
                        + " (journal on).");
        firewall.measure(WARM_UP);
        return firewall.measure(INSERTS);
    }

    private boolean crash(DemoNode node) throws IOException {
        String before = node.status();
        say("4. kill -9 %d, with this table:  %s", node.pid(), summary(before));
        node.kill();
        long startedNs = SystemClocks.nowNs();
        node.start();
        double seconds = (SystemClocks.nowNs() - startedNs) / 1e9;
        String after = node.status();
        say(
                "   Started again in %.2f s, replayed:            digest %s",
                seconds, field(after, "replayed_digest"));
        boolean isEqual = field(before, "digest").equals(field(after, "replayed_digest"));
        say("   %s", isEqual ? "The digests are equal: nothing was lost." : "THE DIGESTS DIFFER.");
        return isEqual;
    }

    private void print(Histogram latencies, boolean isRaw) {
        say(
                "5. INS -> INS_ACK over %s on loopback, %,d round trips, microseconds:",
                isRaw ? "raw sockets" : "UDP", latencies.getTotalCount());
        say(
                "     p50 %.1f   p90 %.1f   p99 %.1f   p99.9 %.1f   max %.1f",
                latencies.getValueAtPercentile(50) / 1000.0,
                latencies.getValueAtPercentile(90) / 1000.0,
                latencies.getValueAtPercentile(99) / 1000.0,
                latencies.getValueAtPercentile(99.9) / 1000.0,
                latencies.getMaxValue() / 1000.0);
        say(
                "Next: copy ops/pfsyncd.toml to /etc/pfsyncd/, name your sync interface there, and:"
                        + " pfsyncd run");
    }

    private static String summary(String status) {
        return String.format(
                Locale.ROOT,
                "%,6d states, digest %s",
                Long.parseLong(field(status, "states")),
                field(status, "digest"));
    }

    private static String field(String status, String name) {
        Matcher matcher = FIELD.matcher(status);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return matcher.group(2);
            }
        }
        throw new Failure(1, "the daemon's status has no " + name + ": " + status);
    }

    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
