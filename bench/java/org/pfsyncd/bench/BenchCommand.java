package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench}: what pfsyncd costs on this machine, beside the bare socket of this machine. */
@Command(
        name = "bench",
        description = {
            "Measures pfsyncd on this machine beside what the bare machine does in the same run.",
            "Needs root: it makes network namespaces (pfbench-a, -b, -c) and removes them."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Scenarios (all of them if none is named):",
            "  ack       INS with ACK to INS_ACK, one at a time and at --rate",
            "  oneway    accepted on one node to applied on its peer, also with loss",
            "  bulk      all states to an empty peer",
            "  answer    a member's answer with the whole table to a listener",
            "  announce  a relay's announcements, frames a second",
            "  slow-peer what a stopped peer costs the others",
            "  ingest    inserts, updates and deletes a second, by dialect and MTU",
            "  replay    a journal replayed into a table",
            "  restart   from start to ready: empty, and after kill -9 with a full table",
            "  memory    bytes a state, and of the whole process",
            "  steady    ten minutes of mixed life: percentiles over time, memory, pauses",
            "  growth    cost by the size of the table and by the number of peers",
            "",
            "Examples:",
            "  pfsyncd bench --quick              the table of the README, in a quarter of an hour",
            "  pfsyncd bench ack --quick --json   one scenario, one JSON object",
            "  pfsyncd bench --full               says first how long it takes"
        })
public final class BenchCommand implements Callable<Integer> {
    static final List<Scenario> SCENARIOS =
            List.of(
                    new AckScenario(),
                    new OneWayScenario(),
                    new BulkScenario(),
                    new AnswerScenario(),
                    new AnnounceScenario(),
                    new SlowPeerScenario(),
                    new IngestScenario(),
                    new ReplayScenario(),
                    new RestartScenario(),
                    new MemoryScenario(),
                    new SteadyScenario(),
                    new GrowthScenario());

    private static final int MOST_A_SECOND = 1_000_000;

    @Spec private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "SCENARIO", description = "What to measure.")
    private List<String> names = new ArrayList<>();

    @ArgGroup private Amount amount = new Amount();

    @Option(names = "--json", description = "One JSON object a scenario, a line each.")
    private boolean isJson;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where result directories are made: bench/results of the checkout, or"
                            + " ./pfsyncd-bench-results.")
    private Path out;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Frames a second of ack's open loop; ${DEFAULT-VALUE} if not given.")
    private int rate;

    @Option(
            names = "--java-options",
            paramLabel = "OPTIONS",
            defaultValue = "",
            description = "More options for the virtual machines that are measured.")
    private String javaOptions;

    @Option(
            names = "--idle",
            paramLabel = "STRATEGY",
            defaultValue = "",
            description = "node.idle of the daemons: backoff, yield or busy-spin.")
    private String idle;

    @Option(
            names = "--mode",
            paramLabel = "THREADS",
            defaultValue = "",
            description = "node.mode of the daemons: shared or dedicated.")
    private String mode;

    @Option(names = "--pin", description = "Load and node on a core each, with all their threads.")
    private boolean isPinned;

    private static final class Amount {
        @Option(names = "--quick", description = "Less than 15 minutes; growth only by name.")
        private boolean isQuick;

        @Option(names = "--full", description = "Larger tables and more pairs: hours.")
        private boolean isFull;

        @Option(names = "--smoke", hidden = true, description = "Does it run at all?")
        private boolean isSmoke;

        private String option() {
            return effort() == Effort.NORMAL
                    ? ""
                    : " --" + effort().name().toLowerCase(Locale.ROOT);
        }

        private Effort effort() {
            if (isSmoke) {
                return Effort.SMOKE;
            }
            if (isQuick) {
                return Effort.QUICK;
            }
            return isFull ? Effort.FULL : Effort.NORMAL;
        }
    }

    @Override
    public Integer call() throws Exception {
        List<Scenario> chosen = chosen();
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new IOException(
                    "bench needs root: it makes network namespaces and opens raw sockets; run it"
                            + " with sudo");
        }
        if (rate < 1 || rate > MOST_A_SECOND) {
            throw new ParameterException(
                    spec.commandLine(), "--rate " + rate + " is not from 1 to " + MOST_A_SECOND);
        }
        requireOneOf("--idle", idle, Trial.IDLES);
        requireOneOf("--mode", mode, Trial.MODES);
        Trial trial = new Trial(javaOptions, idle, mode, isPinned);
        Effort effort = amount.effort();
        int seconds = chosen.stream().mapToInt(scenario -> scenario.seconds(effort)).sum();
        System.err.printf(
                Locale.ROOT,
                "bench: %s, about %d min %d s; load average %s%n",
                chosen.stream().map(Scenario::name).collect(Collectors.joining(", ")),
                seconds / 60,
                seconds % 60,
                Host.load());
        try (Bench bench = new Bench(effort, rate, trial)) {
            measure(bench, chosen);
        }
        return 0;
    }

    private List<Scenario> chosen() {
        if (names.isEmpty()) {
            Effort effort = amount.effort();
            return SCENARIOS.stream().filter(scenario -> scenario.isUsual(effort)).toList();
        }
        List<Scenario> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(
                    SCENARIOS.stream()
                            .filter(scenario -> scenario.name().equals(name))
                            .findFirst()
                            .orElseThrow(() -> unknown(name)));
        }
        return chosen;
    }

    private void requireOneOf(String option, String value, List<String> choices) {
        if (!value.isEmpty() && !choices.contains(value)) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + value + " is not one of " + String.join(", ", choices));
        }
    }

    private ParameterException unknown(String name) {
        return new ParameterException(
                spec.commandLine(),
                name
                        + " is not a scenario; there are "
                        + SCENARIOS.stream().map(Scenario::name).collect(Collectors.joining(", ")));
    }

    private void measure(Bench bench, List<Scenario> chosen) throws Exception {
        ResultFiles files = new ResultFiles(out == null ? ResultFiles.usual() : out);
        boolean isKept = bench.effort() != Effort.SMOKE || out != null;
        Map<String, String> host = Host.facts((long) bench.effort().of(16, 512, 512, 512) << 20);
        String command =
                "pfsyncd bench "
                        + chosen.stream().map(Scenario::name).collect(Collectors.joining(" "))
                        + amount.option()
                        + bench.trial().options();
        List<Outcome> outcomes = new ArrayList<>();
        for (Scenario scenario : chosen) {
            bench.begin(scenario.name());
            Outcome outcome = scenario.run(bench);
            bench.end();
            outcomes.add(outcome);
            System.out.print(
                    isJson
                            ? JsonReport.of(outcome, host) + "\n"
                            : TextReport.table(List.of(outcome)) + "\n");
            if (isKept) {
                bench.say("written to " + files.write(outcome, host, command));
            }
        }
        if (isKept && outcomes.size() > 1) {
            bench.say("summary: " + files.writeSummary(outcomes, host, command));
        }
    }
}
