package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfsyncd.group.AnnounceSettings.Deletes;
import org.pfsyncd.group.AnnounceSettings.Queues;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/**
 * Whatever happens in whatever order: who takes in what the queues send, message by message, has
 * the table as it is once everything was sent; nothing is said twice, nothing that is stale.
 */
class AnnouncerPropertyTest {
    private static final int SEEDS = 200;
    private static final int STEPS = 600;
    private static final int IDS = 24;

    @ParameterizedTest
    @ValueSource(strings = {"V6", "V1301", "V1400", "V1500"})
    void shouldLeaveTheReceiverWithTheTable(Dialect dialect) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new Run(dialect, seed).run();
            } catch (AssertionError e) {
                throw new AssertionError("seed=" + seed + " dialect=" + dialect, e);
            }
        }
        System.out.println("seeds=1.." + SEEDS + " dialect=" + dialect + " steps=" + STEPS);
    }

    private static final class Run {
        private final Random random;
        private final AnnouncerLab lab;
        private final Map<Long, Long> there = new HashMap<>();
        private final Map<Long, Long> lastSaid = new HashMap<>();
        private long seqlo = 1000;

        Run(Dialect dialect, long seed) {
            random = new Random(seed);
            AnnounceSettings settings =
                    AnnounceSettings.of(1, 1, "r")
                            .with(new Queues(IDS, random.nextInt(4), 0))
                            .with(new Deletes(random.nextBoolean(), false));
            lab = new AnnouncerLab(settings, Map.of()).speak(dialect);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                long id = 1L + random.nextInt(IDS);
                switch (random.nextInt(8)) {
                    case 0, 1 -> insert(id);
                    case 2, 3, 4 -> update(id);
                    case 5 -> delete(id);
                    case 6 -> replace(id);
                    default -> lab.announcer.requested(id, AnnouncerLab.CREATOR, lab.nowNs);
                }
                if (random.nextInt(3) == 0) {
                    lab.advanceMs(random.nextInt(700));
                    take();
                }
            }
            for (int i = 0; i < 20; i++) {
                lab.advanceMs(500);
                take();
            }
            assertEquals(0, lab.announcer.waiting());
            Map<Long, Long> expected = new HashMap<>();
            lab.table.forEach((id, record) -> expected.put(id, record.src().seqlo()));
            assertEquals(expected, there, "who listened has the table");
        }

        private void insert(long id) {
            if (!lab.table.containsKey(id)) {
                lab.keep(lab.states.tcp(id, AnnouncerLab.CREATOR).src(++seqlo, seqlo + 10));
                lab.announcer.inserted(id, AnnouncerLab.CREATOR, lab.nowNs);
            }
        }

        private void update(long id) {
            StateRecord record = lab.table.get(id);
            if (record != null) {
                record.src().seqlo(++seqlo);
                record.src().seqhi(seqlo + 10);
                lab.announcer.updated(id, AnnouncerLab.CREATOR, lab.nowNs);
            }
        }

        private void delete(long id) {
            if (lab.table.containsKey(id)) {
                lab.delete(id);
            }
        }

        /** The same id with a new state, as after a reboot with a fixed host id. */
        private void replace(long id) {
            if (lab.table.containsKey(id)) {
                delete(id);
                insert(id);
            }
        }

        /** A kernel's rules: INS of a known id is refused, UPD_C of an unknown one is useless. */
        private void take() {
            for (byte[] frame : lab.port.takeSent()) {
                RecordingVisitor seen = RecordingVisitor.walk(frame, lab.names);
                assertEquals(List.of(), seen.rejects());
                int state = 0;
                for (String message : seen.messages()) {
                    String[] words = message.split(" ", -1);
                    String pair = words[words[1].contains("/") ? 1 : 2];
                    long id = Long.parseLong(pair.substring(0, 16), 16);
                    switch (words[0]) {
                        case "INS" -> {
                            assertTrue(!there.containsKey(id), "second insert of " + id);
                            say(id, seen.states().get(state++).src().seqlo());
                        }
                        case "UPD" -> say(id, seen.states().get(state++).src().seqlo());
                        case "UPD_C" -> {
                            assertTrue(there.containsKey(id), "update of what was never said");
                            say(id, Long.parseLong(words[3].split("[/+]", -1)[1]));
                        }
                        default -> there.remove(id);
                    }
                }
            }
        }

        private void say(long id, long said) {
            assertTrue(said >= lastSaid.getOrDefault(id, 0L), "stale values of " + id);
            lastSaid.put(id, said);
            there.put(id, said);
        }
    }
}
