package org.pfsyncd.pfhost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.pfsyncd.support.Silence;

/** Runs scenarios with and without a daemon and compares what became of the hosts. */
final class GroupLab implements AutoCloseable {
    final List<String> failures = new ArrayList<>();
    final Harm with = new Harm();
    final Harm without = new Harm();
    private final Silence silence = Silence.open();
    private final Path directory;
    private int runs;

    GroupLab() throws IOException {
        Path shm = Path.of("/dev/shm");
        directory =
                Files.isWritable(shm)
                        ? Files.createTempDirectory(shm, "pfsyncd-group-test")
                        : Files.createTempDirectory("pfsyncd-group-test");
    }

    /** One seed, both ways. */
    void compare(Scenario scenario, String role) {
        try {
            Path home = Files.createDirectory(directory.resolve("run" + runs++));
            GroupRun alone = new GroupRun(scenario, null, home).run();
            GroupRun third = new GroupRun(scenario, role, home).run();
            if ((scenario.isFair() && third.harm.isWorseThan(alone.harm))
                    || third.harm.left > alone.harm.left) {
                failures.add(
                        "worse: "
                                + third.harm
                                + "\n    against "
                                + alone.harm
                                + "\n    "
                                + scenario);
            }
            if (!third.problems.isEmpty()) {
                List<String> first = third.problems.subList(0, Math.min(3, third.problems.size()));
                failures.add(String.join("\n    ", first) + "\n    " + scenario);
            }
            without.add(alone.harm);
            with.add(third.harm);
            delete(home);
        } catch (IOException | RuntimeException | AssertionError e) {
            StackTraceElement at = e.getStackTrace()[0];
            failures.add(e + " at " + at + "\n    " + scenario);
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        silence.close();
        delete(directory);
    }
}
