package org.pfsyncd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bench-child}: what {@code bench} starts for itself. */
@Command(name = "bench-child", hidden = true, description = "A process of a benchmark.")
public final class BenchChildCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "KIND", description = "Load or floor.")
    private String kind;

    @Parameters(index = "1..*", arity = "0..*", description = "What it needs.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        for (ChildKind candidate : ChildKind.values()) {
            if (candidate.word().equals(kind)) {
                candidate.run(arguments.toArray(String[]::new));
                return 0;
            }
        }
        throw new IllegalArgumentException("no process of a benchmark is called " + kind);
    }
}
