package org.pfsyncd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.pfsyncd.agent.Directories;
import org.pfsyncd.capture.CaptureException;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.doctor.DaemonFacts;
import org.pfsyncd.doctor.HostFacts;
import org.pfsyncd.doctor.HostProbe;
import org.pfsyncd.doctor.Listener;
import org.pfsyncd.doctor.Observations;
import org.pfsyncd.doctor.Report;
import org.pfsyncd.doctor.Segment;
import org.pfsyncd.net.PortException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code doctor}: listens, sends nothing, and names what is wrong. Runs on the main thread. */
@Command(
        name = "doctor",
        description = {
            "Listens to the configured groups, beside a running daemon or without one, sends"
                    + " nothing, and names what is wrong: sender, value, limit, what it means for"
                    + " live connections, and the next command.",
            "",
            "Needs CAP_NET_RAW. Hears packets before this host's own packet filter, with any TTL,"
                    + " VLAN or destination, also on other interfaces; syncdev is promiscuous"
                    + " meanwhile. It cannot see what a switch keeps away, and does not look at"
                    + " groups with carrier = \"udp\".%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  pfsyncd doctor                          all groups, 10 s",
            "  pfsyncd doctor --seconds 60             a standby with little traffic needs longer",
            "  pfsyncd doctor --json | jq -r 'select(.fault) | .fault + \" \" + .sender'",
            "  tcpdump -i em1 -s 0 -w sync.pcap proto 240    then, on any machine:",
            "  pfsyncd doctor --read sync.pcap         the same verdicts, without the host's own",
            "",
            "Exit code: 0 healthy, 1 findings, 2 usage or nothing could be looked at."
        })
public final class DoctorCommand implements Callable<Integer> {
    private static final int FINDINGS = 1;
    private static final int NOT_LOOKED = 2;
    private static final int SECONDS_LIMIT = 3600;
    private static final long POLL_MS = 5;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final String RAW = "raw";

    @Spec private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to listen, 1 to 3600 (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--read",
            paramLabel = "FILE",
            description = "Judge a capture (pcap, pcapng, gzip) instead; needs no configuration.")
    private Path capture;

    @Option(names = "--json", description = "One JSON object a finding, and one a group.")
    private boolean isJson;

    @Override
    public Integer call() throws IOException {
        if (seconds < 1 || seconds > SECONDS_LIMIT) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds " + seconds + " is out of range: give 1 to " + SECONDS_LIMIT);
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Report> reports = capture == null ? listen() : List.of(read());
        for (Report report : reports) {
            if (isJson) {
                DoctorText.printJson(report, out);
            } else {
                DoctorText.print(report, out);
            }
        }
        return reports.stream().allMatch(Report::isHealthy) ? 0 : FINDINGS;
    }

    private Report read() {
        Segment segment = Segment.ofCapture(String.valueOf(capture.getFileName()));
        Observations seen = null;
        try (CaptureReader reader = CaptureReader.open(capture)) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                long atNs = packet.timestampNs();
                seen = seen == null ? new Observations(segment, atNs) : seen;
                seen.onPacket(atNs, packet, -1, false);
            }
            if (reader.note() != null) {
                spec.commandLine().getErr().println(reader.note());
            }
        } catch (CaptureException e) {
            throw new Failure(NOT_LOOKED, e.getMessage());
        } catch (IOException e) {
            throw new Failure(NOT_LOOKED, capture + ": " + e.getMessage());
        }
        seen = seen == null ? new Observations(segment, 0) : seen;
        return Report.of(segment, seen, HostFacts.NONE, null);
    }

    private List<Report> listen() throws IOException {
        PfsyncdConfig loaded = config.loadForHere();
        List<Segment> segments = new ArrayList<>();
        for (GroupConfig group : loaded.groups()) {
            if (group.carrier().equals(RAW)) {
                segments.add(segment(group));
            } else {
                spec.commandLine()
                        .getErr()
                        .println(
                                "group "
                                        + group.name()
                                        + ": carrier is "
                                        + group.carrier()
                                        + ", which doctor does not look at; see pfsyncd status");
            }
        }
        if (segments.isEmpty()) {
            throw new Failure(
                    NOT_LOOKED,
                    config.file() + ": no [[group]] with carrier = \"raw\" to listen to");
        }
        Path socket = new Directories(loaded.node().dataDir(), loaded.node().runDir()).control();
        try (Listener listener = new Listener(segments, SystemClocks.nowNs())) {
            SleepingMillisIdleStrategy idle = new SleepingMillisIdleStrategy(POLL_MS);
            long endNs = SystemClocks.nowNs() + seconds * SECOND_NS;
            while (SystemClocks.nowNs() - endNs < 0) {
                idle.idle(listener.poll(SystemClocks.nowNs()));
            }
            List<Listener.Result> results = listener.end(SystemClocks.nowNs());
            Map<String, DaemonFacts> daemon = DoctorDaemon.ask(socket, spec.commandLine().getErr());
            return results.stream()
                    .map(
                            result ->
                                    Report.of(
                                            result.segment(),
                                            result.observations(),
                                            result.host(),
                                            daemon.get(result.segment().name())))
                    .toList();
        } catch (PortException e) {
            throw new Failure(NOT_LOOKED, e.getMessage());
        }
    }

    private static Segment segment(GroupConfig group) throws IOException {
        int headerVersion =
                switch (group.dialect()) {
                    case "auto" -> 0;
                    case "v6" -> 6;
                    default -> 5;
                };
        return new Segment(
                group.name(),
                group.syncdev(),
                group.syncpeer(),
                HostProbe.addresses(group.syncdev()),
                group.allow(),
                headerVersion,
                group.creatorId());
    }
}
