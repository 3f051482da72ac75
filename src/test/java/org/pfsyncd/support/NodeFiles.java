package org.pfsyncd.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.pfsyncd.journal.JournalDirectory;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.journal.JournalRing;
import org.pfsyncd.journal.Recovery;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.replay.Replayer;
import org.pfsyncd.state.TableConfig;

/** What a node, dead or alive, has on disk and on tmpfs. Reads only; any thread. */
public record NodeFiles(Path dataDir, Path runDir, int capacity) {
    /** What ring and journal give now; the caller closes its table. */
    public Replayed replay() throws IOException {
        try (JournalRing ring = ring();
                JournalReader reader = new JournalReader(journal(), ring)) {
            return new Replayer(
                            reader, TableConfig.ofCapacity(capacity), Counters.inMemory().node())
                    .replay(ReplayLimit.NONE);
        }
    }

    public JournalRing ring() throws IOException {
        return Recovery.leftRing(runDir.resolve("ring"));
    }

    public JournalDirectory journal() {
        return new JournalDirectory(dataDir.resolve("journal"));
    }

    /** A digest as {@code status} prints it. */
    public static String digest(Replayed replayed) {
        return String.format(Locale.ROOT, "%016x", replayed.table().digest());
    }
}
