package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** Nodes that join what the others came to end equal, whatever they saw and when. */
class JoinPropertyTest {
    private static final int STATES = 6;

    @Property(tries = 100)
    void shouldEndEqualAfterUpdatesInAnyOrder(@ForAll long seed) {
        run(seed, 2 + (int) Math.floorMod(seed, 3L), false);
    }

    @Property(tries = 100)
    void shouldEndEqualAfterDeletesToo(@ForAll long seed) {
        run(seed, 2 + (int) Math.floorMod(seed, 3L), true);
    }

    private static void run(long seed, int count, boolean withDeletes) {
        Random random = new Random(seed);
        Node[] nodes = new Node[count];
        for (int i = 0; i < count; i++) {
            nodes[i] = new Node(i, count);
        }
        long nowMs = TestStates.NOW_MS;
        for (int step = 0; step < 200; step++) {
            nowMs += random.nextInt(4) == 0 ? random.nextInt(1_000) : 0;
            Node node = nodes[random.nextInt(count)];
            if (random.nextInt(3) > 0) {
                node.change(random, nowMs, withDeletes);
            } else {
                node.hear(nodes[random.nextInt(count)], random.nextInt(5), nowMs);
            }
        }
        for (int round = 0; round < 2 * count; round++) {
            for (Node node : nodes) {
                for (Node other : nodes) {
                    node.hear(other, Integer.MAX_VALUE, nowMs);
                }
            }
        }
        for (Node node : nodes) {
            assertEquals(nodes[0].table.digest(), node.table.digest(), () -> describe(nodes, node));
            assertEquals(node.table.digest(), node.table.recomputeDigest());
            assertEquals(node.table.digest(), node.replay(), "the journal gives another table");
        }
        for (Node node : nodes) {
            node.table.close();
        }
    }

    private static String describe(Node[] nodes, Node other) {
        return "node 0: " + nodes[0].list() + "\nnode " + other.index + ": " + other.list();
    }

    /** A table with its journal: every batch, with the node and number it came from. */
    private static final class Node {
        final int index;
        final NameTable names = new NameTable();
        final DeltaBatch batch = new DeltaBatch(names);
        final MirrorTable table =
                new MirrorTable(
                        TableConfig.ofCapacity(100), names, batch, Counters.inMemory().node());
        final List<UnsafeBuffer> journal = new ArrayList<>();
        private final Join[] joins;
        private final int[] heard;

        Node(int index, int count) {
            this.index = index;
            for (int i = 0; i < index; i++) {
                names.intern("shift-" + i);
            }
            table.knowledge().ownId(index + 1);
            table.originNode(names.intern("node-" + index));
            joins = new Join[count];
            heard = new int[count];
            for (int i = 0; i < count; i++) {
                joins[i] = table.newJoin();
            }
        }

        void change(Random random, long nowMs, boolean withDeletes) {
            int number = 1 + random.nextInt(STATES);
            StateRecord state = TestStates.tcp(number).realm(names.intern("realm"));
            state.createdAtMs(TestStates.NOW_MS - number * 1_000L - random.nextInt(500));
            state.packets0(random.nextInt(50));
            TestStates.peers(
                    state,
                    random.nextInt(11),
                    random.nextInt(1_000),
                    random.nextInt(11),
                    random.nextInt(1_000));
            state.src().maxWin(random.nextInt(3));
            state.timeout(random.nextInt(6));
            int choice = random.nextInt(withDeletes ? 8 : 7);
            if (choice < 2) {
                table.insert(state, nowMs);
            } else if (choice < 4) {
                table.update(state, nowMs);
            } else if (choice < 7) {
                table.updateCompressed(
                        state.realm(),
                        state.id(),
                        state.creatorId(),
                        state.src(),
                        state.dst(),
                        state.timeout(),
                        nowMs);
            } else {
                table.delete(state.realm(), state.id(), state.creatorId(), nowMs);
            }
            publish();
        }

        void hear(Node other, int limit, long nowMs) {
            if (other == this) {
                return;
            }
            Join join = joins[other.index];
            for (int i = 0; i < limit && heard[other.index] < other.journal.size(); i++) {
                UnsafeBuffer bytes = other.journal.get(heard[other.index]++);
                join.beginDocument(other.index + 1, 1, heard[other.index]);
                assertEquals(0, join.apply(bytes, 0, bytes.capacity(), nowMs));
                join.endDocument();
                join.appendPosition();
                publish();
            }
        }

        private void publish() {
            if (batch.count() == 0) {
                return;
            }
            byte[] bytes = new byte[batch.length()];
            batch.buffer().getBytes(0, bytes);
            journal.add(new UnsafeBuffer(bytes));
            batch.reset();
        }

        long replay() {
            NameTable replayNames = new NameTable();
            try (MirrorTable replayed =
                    new MirrorTable(
                            TableConfig.ofCapacity(100),
                            replayNames,
                            new DeltaBatch(replayNames),
                            Counters.inMemory().node())) {
                for (UnsafeBuffer bytes : journal) {
                    assertEquals(0, replayed.apply(bytes, 0, bytes.capacity(), false));
                }
                return replayed.digest();
            }
        }

        String list() {
            StringBuilder out = new StringBuilder();
            for (int i = 0; i < table.segmentCount(); i++) {
                table.readSegment(
                        i,
                        r ->
                                out.append(r)
                                        .append(" activity=" + r.lastActivityMs() % 1_000_000)
                                        .append(" expires=" + r.expiresAtMs() % 1_000_000)
                                        .append(" created=" + r.createdAtMs() % 1_000_000)
                                        .append(" packets=" + r.packets0())
                                        .append(" seq=" + r.src().seqlo() + "/" + r.dst().seqlo())
                                        .append(" win=" + r.src().maxWin())
                                        .append('\n'));
            }
            return out.toString();
        }
    }
}
