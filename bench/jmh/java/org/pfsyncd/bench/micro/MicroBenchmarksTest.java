package org.pfsyncd.bench.micro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every micro benchmark still does what it measures. No number is believed here. */
@Tag("system")
class MicroBenchmarksTest {
    private static final int MILLISECONDS = 20;

    @TempDir Path directory;

    @BeforeEach
    void allowTwoBuildsAtOnce() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void shouldScoreEveryBenchmark() throws RunnerException {
        Set<String> scored = new TreeSet<>();
        for (RunResult result : new Runner(options().build()).run()) {
            double score = result.getPrimaryResult().getScore();
            assertTrue(score > 0 && score < 1e9, result.getParams() + " scored " + score);
            scored.add(result.getParams().getBenchmark());
        }
        Set<String> all = new TreeSet<>();
        BenchmarkList.defaultList()
                .getAll(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of())
                .forEach(entry -> all.add(entry.getUsername()));
        assertEquals(all, scored, "benchmarks that were compiled, and those that ran");
        assertTrue(all.size() > 20, () -> "few benchmarks: " + all);
    }

    private OptionsBuilder options() {
        OptionsBuilder options = new OptionsBuilder();
        options.include(Micro.ALL)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(MILLISECONDS))
                .param("states", "1000")
                .param("documents", "1000")
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .output(directory.resolve("output").toString());
        return options;
    }
}
