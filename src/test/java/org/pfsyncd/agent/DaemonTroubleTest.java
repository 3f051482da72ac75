package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.journal.JournalRing;
import org.pfsyncd.journal.OpenPayload;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.StateRecord;

/** A whole daemon whose clock goes back between two lives, or whose journal falls behind. */
@Tag("system")
class DaemonTroubleTest {
    private static final long DAY_MS = 86_400_000;
    private static final int STATES = 100;

    @TempDir Path root;

    private DaemonLab lab;
    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeEach
    void start() throws IOException {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        lab = new DaemonLab(root).start();
        lab.awaitSnapshot();
    }

    @AfterEach
    void close() {
        lab.close();
        System.setErr(standardError);
        System.err.print(log());
    }

    private String log() {
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldStartAndLoseNothingWhenTheClockWentBackADay() throws IOException {
        for (int id = 1; id <= STATES; id++) {
            lab.offerInsert(id);
            lab.advanceMs(7);
            lab.daemon.step();
        }
        List<Long> leftMs = millisecondsLeft();
        lab.stop();
        lab.wallMs -= DAY_MS;
        lab.start();
        assertTrue(
                log().contains("clock went back ms=" + DAY_MS), "the shift is said, exactly once");
        assertEquals(leftMs, millisecondsLeft(), "nothing is lost, and nothing lives longer");
        assertEquals(List.of(0L, -DAY_MS), shifts());
        lab.offerInsert(STATES + 1);
        lab.awaitSnapshot();
        long digest = lab.table().digest();
        lab.stop();

        lab.start();
        assertEquals(STATES + 1, lab.table().size());
        assertEquals(digest, lab.daemon.replayedDigest());
        assertEquals("", lab.daemon.replayed().lossReport());
        assertEquals(List.of(0L, -DAY_MS, 0L), shifts());
    }

    @Test
    void shouldCloseAHoleOfAFullRingWithASnapshot() throws IOException {
        int id = 0;
        while (lab.count(NodeCounter.JOURNAL_RING_FULL) == 0) {
            lab.offerInsert(++id); // the journal agent has no turn
            lab.daemon.syncAgent().doWork();
            assertTrue(id < DaemonLab.CAPACITY, "the ring is never full");
        }
        long published = lab.daemon.syncAgent().publisher().sequence();
        int answered = lab.port.sent.size();
        assertTrue(answered >= published / 2, "answers until then");
        for (int i = 0; i < STATES; i++) {
            lab.offerInsert(++id);
            lab.daemon.syncAgent().doWork();
        }
        assertEquals(id, lab.table().size(), "the mirror goes on");
        assertEquals(answered, lab.port.sent.size(), "what is not journaled is not acknowledged");
        assertEquals(published, lab.daemon.syncAgent().publisher().sequence());

        long snapshots = lab.count(NodeCounter.SNAPSHOTS);
        lab.daemon.step();
        while (lab.count(NodeCounter.JOURNAL_INCARNATION) == 1) {
            lab.daemon.step(); // the snapshot waits for the clock
        }
        assertEquals(snapshots, lab.count(NodeCounter.SNAPSHOTS));
        assertHole(published);
        Replayed behind = lab.files().replay();
        assertTrue(behind.isIncomplete());
        behind.table().close();
        assertEquals(id, lab.table().size());

        lab.awaitSnapshot();
        lab.offerInsert(++id);
        lab.daemon.step();
        Replayed whole = lab.files().replay();
        assertFalse(whole.isIncomplete());
        assertEquals(id, whole.table().size());
        assertEquals(lab.table().digest(), whole.table().digest());
        whole.table().close();
        long digest = lab.table().digest();
        lab.stop();
        lab.start();
        assertEquals(digest, lab.daemon.replayedDigest());
    }

    private void assertHole(long published) throws IOException {
        OpenPayload open = opens().get(1);
        assertTrue(open.hasHole());
        assertTrue(open.isContinuing());
        assertEquals(1, open.previousIncarnation());
        assertEquals(published, open.previousRecorded());
        assertEquals(published + 1, open.previousPublished());
    }

    /** What each state has left to live, in the order of ids; none may be missing. */
    private List<Long> millisecondsLeft() {
        assertEquals(STATES, lab.table().size());
        int realm = lab.daemon.replayed().names().intern("g");
        StateRecord record = StateRecords.blank();
        List<Long> all = new ArrayList<>();
        for (int id = 1; id <= STATES; id++) {
            assertTrue(lab.table().get(realm, id, DaemonLab.CREATOR, record), "state " + id);
            all.add(record.expiresAtMs() - lab.wallMs);
        }
        return all;
    }

    private List<Long> shifts() throws IOException {
        return opens().stream().map(open -> open.clockShift().newerMs()).toList();
    }

    private List<OpenPayload> opens() throws IOException {
        List<OpenPayload> opens = new ArrayList<>();
        try (JournalRing ring = lab.files().ring();
                JournalReader reader = new JournalReader(lab.files().journal(), ring)) {
            reader.startAtOldest();
            while (reader.next()) {
                Document document = reader.document();
                if (document.kind() == Document.KIND_OPEN) {
                    opens.add(OpenPayload.decode(document));
                }
            }
        }
        return opens;
    }
}
