package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.link.LinkEntry;
import org.pfsyncd.state.DeltaReader;
import org.pfsyncd.state.DeltaType;

/** What a peer is given of a snapshot, by the version of the link that it speaks. */
@Tag("system")
class JournalFeedTest {
    private static final long PEER = 77;
    private static final int ENTRIES_LIMIT = 10_000;

    @TempDir Path root;

    /** Deltas of a type in the snapshot that a peer is given who has nothing. */
    private static int count(Daemon daemon, int version, int type) {
        UnsafeBuffer entry =
                new UnsafeBuffer(new byte[LinkEntry.HEADER_LENGTH + LinkEntry.CONTENT_LIMIT]);
        DeltaReader deltas = new DeltaReader();
        int found = 0;
        try (JournalFeed feed = new JournalFeed(daemon.store())) {
            feed.start(PEER, version, 0, 0);
            for (int i = 0; i < ENTRIES_LIMIT; i++) {
                int length = feed.next(entry, 0, entry.capacity());
                if (length > 0 && LinkEntry.type(entry, 0) == LinkEntry.DOCUMENT) {
                    int head = LinkEntry.HEADER_LENGTH;
                    deltas.wrap(entry, head, length - head);
                    while (deltas.next()) {
                        found += deltas.type() == type ? 1 : 0;
                    }
                }
            }
        }
        return found;
    }

    @Test
    void shouldGiveTombstonesToThoseAloneWhoCanReadThem() throws IOException {
        try (ClusterLab lab = new ClusterLab(root, 1).mesh(1)) {
            ClusterLab.Node node = lab.nodes.get(0);
            node.insert(1, 2, 3);
            lab.await("the states", 3_000, () -> node.table().size() == 3);
            node.offer(node.frame().delete(node.state(2)));
            lab.await("the delete", 3_000, () -> node.table().size() == 2);
            node.stop();
            node.start(); // its snapshot begins anew, and the delete lies before it
            lab.runMs(2_000);
            assertEquals(2, count(node.daemon, 3, DeltaType.SPARSE_PUT));
            assertEquals(1, count(node.daemon, 3, DeltaType.TOMBSTONE));
            assertEquals(2, count(node.daemon, 2, DeltaType.SPARSE_PUT));
            assertEquals(0, count(node.daemon, 2, DeltaType.TOMBSTONE));
        }
    }
}
