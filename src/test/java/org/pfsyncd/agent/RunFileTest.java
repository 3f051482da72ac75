package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.support.Program;

class RunFileTest {
    @TempDir Path directory;

    /** Else the first store into it would end the process on a full file system. */
    @Test
    void shouldHaveItsPagesFromTheBeginning() throws IOException {
        Path path = directory.resolve("clock");
        try (RunFile file = new RunFile(path, 512)) {
            assertEquals(0, file.buffer().getLong(504));
            String blocks = Program.run("stat", "-c", "%b", path + "").out().strip();
            assertTrue(Integer.parseInt(blocks) > 0, blocks);
        }
    }
}
