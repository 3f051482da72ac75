package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Program;

/** What a person gets wrong: {@code file:line: what, value, remedy}, exit code 2. */
@Tag("system")
class ConfigurationErrorsTest {
    @TempDir Path directory;

    @Test
    void shouldNameEveryMistakeWithItsLineAndRemedy() throws IOException {
        Path file = directory.resolve("pfsyncd.toml");
        Files.writeString(
                file,
                """
                [node]
                capacty = 1000
                mode = 7

                [[group]]
                name = "lan"
                syncdev = "nosuch0"

                [[group]]
                name = "lan"
                syncdev = "lo"
                ack = "sometimes"
                """);
        Program.Result result = Program.pfsyncd("run", "-c", file.toString());
        assertEquals(2, result.exitCode(), result.out());
        says(result, file + ":2: ", "capacty", "capacity");
        says(result, file + ":3: ", "mode", "7", "shared");
        says(result, file + ":7: ", "nosuch0", "lo");
        says(result, file + ":10: ", "\"lan\"", "name of its own");
        says(result, file + ":12: ", "sometimes", "always");
    }

    @Test
    void shouldSayWhyAFileCannotBeRead() throws IOException {
        Path missing = directory.resolve("missing.toml");
        Program.Result result = Program.pfsyncd("run", "-c", missing.toString());
        assertEquals(2, result.exitCode(), result.out());
        says(result, missing + ":", "does not exist", "-c");
        Path unreadable = Files.createDirectory(directory.resolve("directory.toml"));
        result = Program.pfsyncd("run", "-c", unreadable.toString());
        assertEquals(2, result.exitCode(), result.out());
        says(result, unreadable + ":", "cannot be read", "owner and permissions");
    }

    private static void says(Program.Result result, String head, String... words) {
        boolean isSaid =
                result.out()
                        .lines()
                        .filter(line -> line.startsWith(head))
                        .anyMatch(line -> java.util.Arrays.stream(words).allMatch(line::contains));
        assertTrue(isSaid, () -> head + String.join("|", words) + "\nin\n" + result.out());
    }
}
