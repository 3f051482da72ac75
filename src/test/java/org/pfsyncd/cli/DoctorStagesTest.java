package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfsyncd.cli.DoctorStage.Verdict;
import org.pfsyncd.support.NetworkNamespaces;

/**
 * The doctor on real sockets in namespaces: each staged fault gets its name and no other, and a
 * healthy group a quiet bill. The stages mostly wait, so they are played side by side.
 */
@Tag("privileged")
class DoctorStagesTest {
    private static final int SIDE_BY_SIDE = 6;
    private static final long LIMIT_SECONDS = 120;
    private static final Map<String, StagedFaults.Stage> STAGES = StagedFaults.all();
    private static final Map<String, Future<Verdict>> VERDICTS = new HashMap<>();

    @TempDir private static Path directory;

    private static ExecutorService players;

    static Stream<String> stages() {
        return STAGES.keySet().stream();
    }

    @BeforeAll
    static void play() throws IOException {
        NetworkNamespaces.create().close(); // or skip with one line
        players = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        STAGES.forEach((name, stage) -> VERDICTS.put(name, players.submit(() -> play(stage))));
    }

    @AfterAll
    static void stop() {
        if (players != null) {
            players.shutdownNow();
        }
    }

    private static Verdict play(StagedFaults.Stage stage) throws Exception {
        try (DoctorStage set = new DoctorStage(Files.createTempDirectory(directory, "stage"))) {
            return stage.script().play(set);
        }
    }

    private static Verdict verdict(String name) throws Exception {
        try {
            return VERDICTS.get(name).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("stages")
    void shouldNameTheStagedFaultAndNoOther(String name) throws Exception {
        Verdict verdict = verdict(name);
        assertEquals(STAGES.get(name).expected(), verdict.faults(), verdict.text());
        assertEquals(verdict.faults().isEmpty() ? 0 : 1, verdict.exitCode(), verdict.text());
    }

    @Test
    void shouldStageEnough() {
        long faults = STAGES.values().stream().filter(s -> !s.expected().isEmpty()).count();
        assertTrue(faults >= 15, faults + " staged faults");
    }

    @Test
    void shouldSendNothing() throws Exception {
        try (DoctorStage set = new DoctorStage(Files.createTempDirectory(directory, "quiet"))) {
            long before = set.sentPackets();
            Verdict verdict = set.verdict(1, () -> {});
            assertEquals(1, verdict.exitCode(), verdict.text());
            assertEquals(before, set.sentPackets(), "packets sent by the doctor's host");
        }
    }
}
