package org.pfsyncd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Floors in C, where there are a compiler and their sources. Stateless. */
final class CFloor {
    private CFloor() {}

    /**
     * Compiles {@code bench/c/NAME.c} into the benchmark's directory.
     *
     * @throws IOException if the compiler refuses it.
     */
    static Optional<Path> compile(Bench bench, String name) throws IOException {
        Path source = Path.of(System.getProperty("pfsyncd.home", "."), "bench", "c", name + ".c");
        if (!Files.exists(source) || Shell.firstLine("cc", "--version").isEmpty()) {
            return Optional.empty();
        }
        Path program = bench.home().resolve(name);
        Shell.run("cc", "-std=c11", "-O2", "-o", program.toString(), source.toString());
        return Optional.of(program);
    }
}
