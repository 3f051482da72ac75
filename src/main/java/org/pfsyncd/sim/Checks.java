package org.pfsyncd.sim;

import java.io.IOException;
import org.pfsyncd.agent.Settings;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.replay.Replayer;
import org.pfsyncd.wire.StateRecord;

/** Looks whether the invariants hold; throws the first {@link Violation}. */
final class Checks {
    /** Documents a node and second: a snapshot, and none that another one answers. */
    private static final long REST_LIMIT = 8;

    private final World world;
    private final SeenDeletes deletes;
    private final CounterSet<NodeCounter> replayCounters = Counters.inMemory().node();

    Checks(World world) {
        this.world = world;
        deletes = new SeenDeletes(world);
    }

    /** What must hold at any moment, on every living node. */
    void sample() {
        for (SimNode node : world.nodes) {
            if (node.isAlive()) {
                deletes.before(node);
                node.image.sample(node.view());
                deletes.after(node);
                livingAreThere(node);
                notInvented(node);
                bounded(node);
            }
        }
    }

    /**
     * On a node that never restarted every state is confirmed, so that nothing but its end may
     * remove it: not what another node concludes from silence.
     */
    private void livingAreThere(SimNode node) {
        for (Firewall firewall : world.firewalls) {
            for (Flow flow : firewall.live()) {
                if (node.lives() == 1 && node.image.hasVanished(flow.rule, node.view().timeMs())) {
                    throw new Violation(
                            Invariant.NOTHING_LOST,
                            node.name() + " has lost " + flow + ", which its firewall has");
                }
            }
        }
    }

    private void notInvented(SimNode node) {
        TableImage.forEach(
                node.view().table(),
                record -> {
                    if (world.flows.isRecorded(record)) {
                        return;
                    }
                    Flow flow = world.flows.of(record);
                    String why =
                            flow == null ? "no firewall ever had it" : flow.contradiction(record);
                    if (why != null) {
                        throw new Violation(
                                Invariant.NO_INVENTION, node.name() + ": " + text(record) + why);
                    }
                });
    }

    private static String text(StateRecord record) {
        return String.format(
                "state %016x/%08x rule %d: ", record.id(), record.creatorId(), record.rule());
    }

    private void bounded(SimNode node) {
        CounterSet<NodeCounter> counters = node.view().counters();
        isZero(node, counters, NodeCounter.ERRORS);
        isZero(node, counters, NodeCounter.JOURNAL_ERRORS);
        long size = node.view().table().size();
        if (size > SimNode.CAPACITY || size < 0 || node.view().ringFill() > 1) {
            throw new Violation(
                    Invariant.BOUNDED,
                    node.name() + " holds " + size + " states, ring " + node.view().ringFill());
        }
        for (int i = 0; i < node.view().peerCount(); i++) {
            isZero(node, node.view().peerCounters(i), PeerCounter.LINK_BAD_ENTRY);
            isZero(node, node.view().peerCounters(i), PeerCounter.LINK_REFUSED_DELTAS);
            if (!world.hostile.hasStruck()) {
                isZero(node, node.view().peerCounters(i), PeerCounter.LINK_REFUSALS);
            }
        }
    }

    private static <C extends Enum<C> & CounterId> void isZero(
            SimNode node, CounterSet<C> counters, C id) {
        if (counters.get(id) != 0) {
            throw new Violation(
                    Invariant.BOUNDED,
                    node.name()
                            + " "
                            + counters.name()
                            + " "
                            + id.label()
                            + "="
                            + counters.get(id));
        }
    }

    /** Journal and ring replay to the table, bit for bit. */
    void journalIsMirror(SimNode node) throws IOException {
        if (!node.isAlive() || !node.view().isJournaled()) {
            return;
        }
        try (JournalReader reader = node.disk.reader()) {
            Replayed replayed =
                    new Replayer(reader, Settings.table(node.config()), replayCounters)
                            .replay(ReplayLimit.NONE);
            long digest = replayed.table().digest();
            long size = replayed.table().size();
            replayed.table().close();
            boolean isEqual =
                    digest == node.view().table().digest()
                            && replayed.sequence() == node.view().sequence();
            if (!isEqual && !replayed.isIncomplete()) {
                throw new Violation(
                        Invariant.JOURNAL_IS_MIRROR,
                        node.name()
                                + " has "
                                + node.view().table().size()
                                + " states at "
                                + node.view().incarnation()
                                + "/"
                                + node.view().sequence()
                                + ", its journal replays to "
                                + size
                                + " at "
                                + replayed.incarnation()
                                + "/"
                                + replayed.sequence()
                                + ", losses \""
                                + replayed.lossReport()
                                + "\"");
            }
        }
    }

    /** Faults are over and all mirrors are equal: what a node saw deleted is nowhere. */
    void deletedIsGone() {
        deletes.areGone();
    }

    /** All firewalls are dead for longer than any timeout. */
    void nothingLeft(long sinceMs) {
        for (SimNode node : world.nodes) {
            TableImage.forEach(
                    node.view().table(),
                    record -> {
                        if (world.flows.isRecorded(record)) {
                            return; // with timeouts of its own, up to a day
                        }
                        throw new Violation(
                                Invariant.NO_GHOST,
                                node.name()
                                        + " still holds "
                                        + text(record)
                                        + sinceMs
                                        + " ms after the last firewall died; ends in "
                                        + (record.expiresAtMs() - node.view().timeMs())
                                        + " ms of its clock"
                                        + world.describe());
                    });
        }
    }

    long documentsWritten() {
        long documents = 0;
        for (SimNode node : world.nodes) {
            documents += node.view().sequence();
        }
        return documents;
    }

    /** Nodes that answer each other's changes with changes never come to an end. */
    void fellSilent(long saidBefore) {
        long said = documentsWritten() - saidBefore;
        if (said > REST_LIMIT * world.nodes.size()) {
            throw new Violation(
                    Invariant.BOUNDED,
                    said + " documents written in a second without states" + world.describe());
        }
    }
}
