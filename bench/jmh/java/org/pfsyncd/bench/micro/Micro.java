package org.pfsyncd.bench.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the micro benchmarks with JMH's own options, short where none is given, and writes {@code
 * result.json} and {@code result.md} into {@code bench/results/<date>-micro}, or into the directory
 * that the system property {@code pfsyncd.micro.results} names. {@code bench/micro} starts it.
 */
public final class Micro {
    /** Only ours: the class path may hold other benchmarks. */
    static final String ALL = "org\\.pfsyncd\\.bench\\.micro\\..*";

    private Micro() {}

    public static void main(String[] args) throws IOException, RunnerException {
        CommandLineOptions given;
        try {
            given = new CommandLineOptions(args);
        } catch (CommandLineOptionException e) {
            System.err.println("bench/micro: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (given.shouldHelp()) {
            given.showHelp();
            return;
        }
        if (given.shouldList()) {
            new Runner(new OptionsBuilder().parent(given).include(ALL).build()).list();
            return;
        }
        Path directory =
                Path.of(
                        System.getProperty(
                                "pfsyncd.micro.results",
                                "bench/results/" + LocalDate.now(ZoneOffset.UTC) + "-micro"));
        Files.createDirectories(directory);
        MicroReport report = new MicroReport(List.of(args));
        Collection<RunResult> results = new Runner(withDefaults(given, directory)).run();
        Path table = directory.resolve("result.md");
        Files.writeString(table, report.table(results));
        System.out.println("wrote " + table);
    }

    private static Options withDefaults(CommandLineOptions given, Path directory) {
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given);
        options.shouldFailOnError(given.shouldFailOnError().orElse(true));
        options.result(directory.resolve("result.json").toString());
        options.resultFormat(ResultFormatType.JSON);
        if (given.getIncludes().isEmpty()) {
            options.include(ALL);
        }
        if (!given.getForkCount().hasValue()) {
            options.forks(1);
        }
        if (!given.getWarmupIterations().hasValue()) {
            options.warmupIterations(3);
        }
        if (!given.getWarmupTime().hasValue()) {
            options.warmupTime(TimeValue.seconds(1));
        }
        if (!given.getMeasurementIterations().hasValue()) {
            options.measurementIterations(5);
        }
        if (!given.getMeasurementTime().hasValue()) {
            options.measurementTime(TimeValue.seconds(1));
        }
        return options.build();
    }
}
