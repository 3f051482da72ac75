package org.pfsyncd.agent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.control.LoadOutcome;
import org.pfsyncd.control.TableEditor;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.state.Loading;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.StateRecord;

/**
 * An operator's loads and clears: each batch is one command to the sync agent and one document of
 * the journal. Any thread but the sync agent's; while the ring is half full a batch waits here, not
 * there.
 */
final class OperatorEdits implements TableEditor {
    private static final int UNKNOWN_NAME = 0xFFFF;
    private static final int NAMES_LIMIT = NameTable.DEFAULT_CAPACITY / 4 * 3;
    private static final long PAUSE_MS = 5;
    private static final int ATTEMPTS = 2_000;
    private static final int NAME_FIELD_LENGTH = NameTable.NAME_LENGTH_LIMIT + 1;

    private final Daemon daemon;

    /** The sync agent's, made by its thread. */
    private Loading loading;

    OperatorEdits(Daemon daemon) {
        this.daemon = daemon;
    }

    @Override
    public List<LoadOutcome> load(Batch batch) throws TimeoutException {
        Set<String> realms = new HashSet<>(List.of(batch.realm()));
        for (GroupConfig group : daemon.config().groups()) {
            realms.add(group.realm());
        }
        realms.remove("");
        refuseIfStopped(batch.isDryRun());
        return ask(agent -> load(agent, batch, realms));
    }

    @Override
    public int remove(List<StateRecord> chosen) throws TimeoutException {
        refuseIfStopped(false);
        return ask(agent -> remove(agent, chosen));
    }

    private void refuseIfStopped(boolean isDryRun) {
        if (!isDryRun && daemon.counters().get(NodeCounter.JOURNAL_STOPPED) != 0) {
            throw new IllegalArgumentException(
                    "the journal is STOPPED, so that nothing would be recorded; free disk space,"
                            + " then: pfsyncd status");
        }
    }

    private interface Edit<T> {
        T on(SyncAgent agent);
    }

    /** One command; again while the journal is behind. */
    private <T> T ask(Edit<T> edit) throws TimeoutException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < ATTEMPTS; i++) {
            T answer =
                    daemon.commands().ask(agent -> agent.isJournalBehind() ? null : edit.on(agent));
            if (answer != null) {
                return answer;
            }
            try {
                never.await(PAUSE_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TimeoutException("interrupted while waiting for the journal");
            }
        }
        throw new TimeoutException(
                "the journal has been behind for "
                        + PAUSE_MS * ATTEMPTS / 1_000
                        + " s; see: pfsyncd status");
    }

    private void begin(SyncAgent agent) {
        if (loading == null) {
            loading = agent.table().newLoading();
        }
    }

    private List<LoadOutcome> load(SyncAgent agent, Batch batch, Set<String> realms) {
        begin(agent);
        List<LoadOutcome> outcomes = new ArrayList<>();
        for (StateRecord record : batch.records()) {
            outcomes.add(loadOne(agent, batch, record, realms));
        }
        agent.publishCommand();
        return outcomes;
    }

    private LoadOutcome loadOne(
            SyncAgent agent, Batch batch, StateRecord record, Set<String> realms) {
        String realm = batch.realm().isEmpty() ? batch.names().name(record.realm()) : batch.realm();
        if (!realms.contains(realm)) {
            return LoadOutcome.REALM;
        }
        NameTable names = daemon.replayed().names();
        if (!localise(record, batch.names(), names, batch.isDryRun())) {
            return LoadOutcome.NAMES_FULL;
        }
        record.realm(batch.isDryRun() ? known(realm, names) : names.intern(realm));
        record.originNode(names.intern(daemon.config().node().name()));
        record.marks(batch.isReseed() ? record.marks() : 0);
        int outcome =
                batch.isDryRun()
                        ? loading.judge(record, batch.savedMs(), agent.cycleMs())
                        : loading.load(record, batch.savedMs(), agent.cycleMs());
        return switch (outcome) {
            case Outcome.INSERTED -> LoadOutcome.INSERTED;
            case Outcome.MERGED -> LoadOutcome.MERGED;
            case Outcome.STALE -> LoadOutcome.KNOWN;
            case Outcome.ENDED -> LoadOutcome.ENDED;
            case Outcome.AHEAD -> LoadOutcome.AHEAD;
            case Outcome.TOMBSTONED -> LoadOutcome.DEAD;
            case Outcome.COLLISION -> LoadOutcome.COLLISION;
            case Outcome.OTHER_STATE -> LoadOutcome.OTHER;
            case Outcome.FULL -> LoadOutcome.FULL;
            default -> LoadOutcome.INVALID;
        };
    }

    /** Gives a record the node's own name ids; false if a new name would be one too many. */
    private static boolean localise(
            StateRecord record, NameTable from, NameTable to, boolean isDryRun) {
        int[] ids = {record.ifname(), record.origIfname(), record.rtIfname(), record.tag()};
        for (int i = 0; i < ids.length; i++) {
            int known = to.idOfHash(from.hash(ids[i]));
            if (known < 0 && isDryRun) {
                known = to.size() < NAMES_LIMIT ? UNKNOWN_NAME : known;
            } else if (known < 0 && to.size() < NAMES_LIMIT) {
                byte[] field = java.util.Arrays.copyOf(from.bytes(ids[i]), NAME_FIELD_LENGTH);
                known = to.intern(new UnsafeBuffer(field), 0, field.length);
            }
            if (known < 0) {
                return false;
            }
            ids[i] = known;
        }
        record.ifname(ids[0]).origIfname(ids[1]).rtIfname(ids[2]).tag(ids[3]);
        return true;
    }

    /** A dry run leaves no name behind. */
    private static int known(String realm, NameTable names) {
        NameTable probe = new NameTable(1);
        int id = names.idOfHash(probe.hash(probe.intern(realm)));
        return id < 0 ? UNKNOWN_NAME : id;
    }

    private int remove(SyncAgent agent, List<StateRecord> chosen) {
        begin(agent);
        int removed = 0;
        for (StateRecord record : chosen) {
            boolean isGone =
                    loading.remove(record, record.createdAtMs(), agent.cycleMs())
                            == Outcome.DELETED;
            removed += isGone ? 1 : 0;
        }
        agent.publishCommand();
        return removed;
    }
}
