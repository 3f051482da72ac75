package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Console;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pfsyncd.sim.SimReport;
import org.pfsyncd.sim.SimSettings;
import org.pfsyncd.sim.SimStore;
import org.pfsyncd.sim.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sim}: whole clusters in one thread, under seeds. */
@Command(
        name = "sim",
        description =
                "Simulates clusters of 2 to 5 nodes with failing networks, disks, clocks and"
                        + " processes, and checks that nothing is lost, invented or unequal.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Each seed is one run, the same each time. Exit code 1 if an invariant was violated.",
            "",
            "Examples:",
            "  pfsyncd sim",
            "  pfsyncd sim --seeds 20000 --first-seed 1 --minutes-limit 480   a night",
            "  pfsyncd sim --first-seed 4711 --seeds 1                        one run again",
            "  pfsyncd sim --store chronicle --seeds 10                       journals on files"
        })
public final class SimCommand implements Callable<Integer> {
    private static final long NS_PER_MINUTE = 60_000_000_000L;
    private static final long PROGRESS_NS = 1_000_000_000L;
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many seeds to run; ${DEFAULT-VALUE} if not given.")
    private long seeds;

    @Option(
            names = "--first-seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "The first of them; ${DEFAULT-VALUE} if not given.")
    private long firstSeed;

    @Option(
            names = "--store",
            paramLabel = "STORE",
            defaultValue = "memory",
            description = "Where journals lie: ${COMPLETION-CANDIDATES}.")
    private SimStore store;

    @Option(
            names = "--minutes-limit",
            paramLabel = "M",
            defaultValue = "0",
            description = "Begin no further seed after this many minutes; 0 for no limit.")
    private long minutesLimit;

    @Option(names = "--json", description = "One JSON object a seed, a line each.")
    private boolean isJson;

    private long run;
    private long violated;
    private long saidNs;
    private final boolean isTerminal =
            Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();

    /** Hundreds of daemons in trouble would log it all. */
    static void quiet() {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "error");
        }
    }

    @Override
    public Integer call() throws IOException {
        long startedNs = SystemClocks.nowNs();
        Path directory = directory();
        try {
            for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
                if (minutesLimit > 0
                        && SystemClocks.nowNs() - startedNs > minutesLimit * NS_PER_MINUTE) {
                    break;
                }
                one(new SimSettings(directory, store), seed, startedNs);
            }
        } finally {
            TemporaryDirectory.delete(directory);
        }
        if (!isJson) {
            System.out.printf(
                    Locale.ROOT,
                    "%d %s from %d on, store %s: %d violated an invariant, %.1f s, %s%n",
                    run,
                    run == 1 ? "seed" : "seeds",
                    firstSeed,
                    store.name().toLowerCase(Locale.ROOT),
                    violated,
                    (SystemClocks.nowNs() - startedNs) / 1e9,
                    new Pfsyncd.Version().getVersion()[0]);
        }
        return violated == 0 ? 0 : 1;
    }

    /** On tmpfs where there is one: a run writes counters and, with files, journals. */
    private static Path directory() throws IOException {
        Path shm = Path.of("/dev/shm");
        return Files.isWritable(shm)
                ? Files.createTempDirectory(shm, "pfsyncd-sim")
                : Files.createTempDirectory("pfsyncd-sim");
    }

    private void one(SimSettings settings, long seed, long startedNs) throws IOException {
        SimReport report = Simulation.run(settings, seed);
        run++;
        violated += report.isSound() ? 0 : 1;
        if (isJson) {
            System.out.println(json(report));
        } else if (!report.isSound()) {
            print(report);
        }
        progress(startedNs);
    }

    private void print(SimReport report) {
        System.out.printf(
                Locale.ROOT,
                "seed %d, %s, %s: invariant %d violated: %s%n    %s%n",
                report.seed(),
                report.topology(),
                new Pfsyncd.Version().getVersion()[0],
                report.invariant(),
                report.meaning(),
                report.details());
        System.out.println("  what had happened, seconds since the start:");
        report.troubles().forEach(trouble -> System.out.println("    " + trouble));
        System.out.printf(
                Locale.ROOT,
                "  again: pfsyncd sim --first-seed %d --seeds 1%s%n",
                report.seed(),
                store == SimStore.MEMORY ? "" : " --store chronicle");
    }

    private void progress(long startedNs) {
        long nowNs = SystemClocks.nowNs();
        if (isJson || !isTerminal || nowNs - saidNs < PROGRESS_NS) {
            return;
        }
        saidNs = nowNs;
        double rate = run / ((nowNs - startedNs) / 1e9);
        System.err.printf(
                Locale.ROOT,
                "\r%d of %d seeds, %.1f a second, %.0f s left ",
                run,
                seeds,
                rate,
                (seeds - run) / rate);
    }

    private static String json(SimReport report) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("seed", report.seed());
            json.writeStringField("topology", report.topology());
            json.writeBooleanField("sound", report.isSound());
            json.writeNumberField("invariant", report.invariant());
            json.writeStringField("details", report.details());
            json.writeStringField("hash", String.format(Locale.ROOT, "%016x", report.hash()));
            json.writeNumberField("virtual_seconds", report.effort().virtualNs() / 1e9);
            json.writeNumberField("converged_seconds", report.effort().convergedNs() / 1e9);
            json.writeNumberField("states", report.effort().states());
            json.writeNumberField("flows", report.effort().flows());
            json.writeNumberField("frames", report.effort().frames());
            json.writeNumberField("bytes", report.effort().bytes());
            json.writeNumberField("lives", report.effort().lives());
            json.writeNumberField("repaired", report.effort().repaired());
            json.writeNumberField("answered", report.effort().answered());
            json.writeArrayFieldStart("troubles");
            for (String trouble : report.troubles()) {
                json.writeString(trouble);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.toString();
    }
}
