package org.pfsyncd.group;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TdbDecoder;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/**
 * What each message of a frame does (spec pfsync.md section 8): checks its values, hands it to the
 * mirror, counts what became of it, stages an answer. Owned by the sync agent; allocates nothing
 * but for log lines.
 */
final class GroupInput implements FrameVisitor {
    /** The sender holds a packet back until it hears INS_ACK (5.5). */
    private static final int FLAG_ACK = 0x0010;

    private final PfsyncGroup group;
    private GroupSettings settings;
    private final Mirror mirror;
    private final NameTable names;
    private final CounterSet<GroupCounter> counters;
    private AckPolicy ackPolicy;
    private final RequestGuard guard = new RequestGuard();
    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final Mirror.UpdateView update = new Mirror.UpdateView();
    private final GroupInterfaces interfaces;
    private final BulkInput bulk;
    private GroupRelay relay;
    private int timeoutLimit = 25;
    private int sender;
    private int headerVersion;
    private long nowNs;
    private long nowMs;

    GroupInput(
            PfsyncGroup group,
            GroupSettings settings,
            Mirror mirror,
            CounterSet<GroupCounter> counters) {
        this.group = group;
        this.settings = settings;
        this.mirror = mirror;
        this.names = mirror.names();
        this.counters = counters;
        ackPolicy = new AckPolicy(settings.ack(), group.senders());
        interfaces = new GroupInterfaces(settings.interfaces(), names);
        bulk = new BulkInput(group, counters);
    }

    GroupInterfaces interfaces() {
        return interfaces;
    }

    /** Who wants to hear what the segment says. */
    void relay(GroupRelay duty) {
        relay = duty;
    }

    void reconfigure(GroupSettings changed) {
        if (changed.ack() != settings.ack()) {
            ackPolicy = new AckPolicy(changed.ack(), group.senders());
        }
        settings = changed;
        interfaces.allow(changed.interfaces());
    }

    /** The port was deaf for a while; see {@link AckPolicy#restart}. */
    void restartWatch() {
        ackPolicy.restart();
    }

    void begin(int senderIndex, long frameNs, long frameMs) {
        sender = senderIndex;
        nowNs = frameNs;
        nowMs = frameMs;
        mirror.relayed(group.senders().isRelay(sender));
        if (relay != null) {
            relay.begin(senderIndex);
        }
    }

    @Override
    public void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {
        headerVersion = version;
        boolean is20 = headerVersion == 6 || settings.dialect() == Dialect.V1301;
        timeoutLimit = is20 ? 20 : 25;
        Dialect spoken = headerVersion == 6 ? Dialect.V6 : Dialect.V5;
        group.answerIn(spoken);
        if (sender >= 0) {
            group.senders().noteDialect(sender, spoken);
            boolean isPresent =
                    (buffer.getLong(fingerprintOffset) | buffer.getLong(fingerprintOffset + 8))
                            != 0;
            group.senders().noteFingerprint(sender, isPresent);
        }
    }

    @Override
    public void onRegion(int action, int count) {
        counters.add(GroupCounter.input(action), count);
        boolean isFirewall = group.senders().isOrigin(sender);
        boolean isNews = count > 0 && News.isIn(headerVersion, action, isFirewall);
        if (isNews && !group.senders().isRelay(sender)) {
            group.onNews();
        }
    }

    @Override
    public void onSkipped(int action, int count) {
        counters.increment(GroupCounter.SKIPPED_ACTION);
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        if (kind == MessageKind.DEL) {
            delete(state.id(), state.creatorId());
            return;
        }
        Reject reject = state.decode(record, names, nowMs);
        if (reject != null) {
            refuseState(kind, reject);
            return;
        }
        if (sender >= 0) {
            group.senders().noteDialect(sender, state.dialect());
        }
        interfaces.in(record);
        if (!interfaces.isKnown(record.ifname())) {
            counters.increment(GroupCounter.INS_UNKNOWN_INTERFACE);
            return;
        }
        boolean wantsAck = (record.stateFlags() & FLAG_ACK) != 0;
        record.stateFlags(record.stateFlags() & ~FLAG_ACK);
        int outcome;
        if (kind == MessageKind.INS) {
            group.senders().noteOrigin(sender);
            noteOwnCreator();
            outcome = mirror.insert(record, nowMs);
        } else {
            bulk.onUpdate(sender, headerVersion, nowNs);
            outcome = mirror.update(record, nowMs);
        }
        judge(kind, outcome);
        if (relay != null) {
            relay.onState(kind, outcome, record, wantsAck, nowNs);
        }
        if (wantsAck && isImported(outcome)) {
            acknowledge();
        }
    }

    private void noteOwnCreator() {
        if (settings.creatorId() != 0 && record.creatorId() == settings.creatorId()) {
            counters.increment(GroupCounter.OWN_CREATORID);
            if (group.isWarnDue(PfsyncGroup.Cause.OWN_CREATORID, nowNs)) {
                group.warn(
                        PfsyncGroup.Cause.OWN_CREATORID,
                        String.format(
                                "own creatorid heard group=%s creatorid=%08x id=%016x"
                                        + " action=give-each-host-its-own-hostid",
                                settings.name(), record.creatorId(), record.id()));
            }
        }
    }

    private void judge(MessageKind kind, int outcome) {
        switch (outcome) {
            case Outcome.INSERTED -> guard.forget(record.id(), record.creatorId());
            case Outcome.REPLACED -> {
                counters.increment(GroupCounter.INS_REPLACED);
                guard.forget(record.id(), record.creatorId());
            }
            case Outcome.MERGED -> noteKnown(kind);
            case Outcome.HALF_STALE, Outcome.STALE -> {
                noteKnown(kind);
                counters.increment(GroupCounter.STALE);
            }
            case Outcome.COLLISION -> {
                counters.increment(GroupCounter.INS_COLLISION);
                guard.shadow(record.id(), record.creatorId(), nowNs);
                failImport(kind);
            }
            case Outcome.TOMBSTONED -> counters.increment(GroupCounter.INS_TOMBSTONED);
            case Outcome.FULL -> {
                counters.increment(GroupCounter.INS_LIMIT);
                failImport(kind);
                tellFull();
            }
            default -> throw new AssertionError("outcome " + outcome + " of " + kind);
        }
    }

    private void noteKnown(MessageKind kind) {
        if (kind == MessageKind.INS) {
            counters.increment(GroupCounter.INS_KNOWN);
        }
    }

    /** A failed insert is invisible to netstat unless it came by UPD (8.3, 8.6). */
    private void failImport(MessageKind kind) {
        if (kind == MessageKind.UPD) {
            counters.increment(GroupCounter.BADSTATE);
        }
    }

    private void tellFull() {
        if (group.isWarnDue(PfsyncGroup.Cause.TABLE_FULL, nowNs)) {
            group.warn(
                    PfsyncGroup.Cause.TABLE_FULL,
                    "state refused group="
                            + settings.name()
                            + " reason=table-full action=raise-node.capacity");
        }
        group.raiseRefused(SyncFault.TABLE_FULL, nowNs);
    }

    private static boolean isImported(int outcome) {
        return outcome == Outcome.INSERTED
                || outcome == Outcome.REPLACED
                || outcome == Outcome.MERGED
                || outcome == Outcome.HALF_STALE
                || outcome == Outcome.STALE;
    }

    private void acknowledge() {
        if (ackPolicy.isAllowed(sender, nowNs)) {
            group.output().acknowledge(record.id(), record.creatorId());
        } else {
            counters.increment(GroupCounter.INS_ACK_WITHHELD);
        }
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder received) {
        Reject reject = received.check(timeoutLimit);
        if (reject != null) {
            onReject(reject, 0);
            return;
        }
        group.senders().noteOrigin(sender);
        update.id = received.id();
        update.creatorId = received.creatorId();
        update.timeout = received.timeout();
        received.src(update.src);
        received.dst(update.dst);
        int outcome = mirror.updateCompressed(update, nowMs);
        if (relay != null) {
            relay.onUpdate(outcome, update.id, update.creatorId, nowNs);
        }
        switch (outcome) {
            case Outcome.HALF_STALE, Outcome.STALE -> counters.increment(GroupCounter.STALE);
            case Outcome.UNKNOWN -> requestUnknown();
            case Outcome.TOMBSTONED -> counters.increment(GroupCounter.INS_TOMBSTONED);
            default -> {}
        }
    }

    private void requestUnknown() {
        if (update.creatorId == 0) {
            counters.increment(GroupCounter.BADVAL_CREATORID);
        } else if (guard.mayRequest(update.id, update.creatorId, nowNs)) {
            group.output().request(update.id, update.creatorId);
        } else {
            counters.increment(GroupCounter.REQUESTS_SUPPRESSED);
        }
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        switch (kind) {
            case DEL_C -> delete(id.id(), id.creatorId());
            case INS_ACK -> acknowledged(id.id(), id.creatorId());
            default -> bulk.onRequest(id.id(), id.creatorId(), sender, headerVersion, nowNs);
        }
    }

    private void acknowledged(long id, int creatorId) {
        if (RelayElection.isBeacon(id)) {
            group.senders().noteRelay(sender);
        }
        if (relay == null || !relay.onInsertAck(id, creatorId, nowNs)) {
            counters.increment(GroupCounter.INS_ACK_HEARD);
        }
    }

    private void delete(long id, int creatorId) {
        guard.forget(id, creatorId);
        if (relay != null) {
            relay.onDelete(id, creatorId, nowNs);
        }
        int outcome = mirror.delete(id, creatorId, nowMs);
        if (outcome != Outcome.DELETED) {
            counters.increment(GroupCounter.BADSTATE);
        }
        if (relay != null && outcome == Outcome.UNKNOWN) {
            relay.onEndOfUnknown(id, creatorId, nowNs);
        }
    }

    @Override
    public void onClear(ClearDecoder clear) {
        if (relay != null) {
            relay.onCreator(clear.creatorId(), nowNs);
        }
        int ifname = interfaces.in(clear.ifname(names));
        if (ifname < 0) {
            onReject(ifname == NameTable.FULL ? Reject.NAMES_FULL : Reject.BAD_VALUE_IFNAME, 0);
        } else if (ifname != 0 && !interfaces.isKnown(ifname)) {
            counters.increment(GroupCounter.INS_UNKNOWN_INTERFACE);
        } else if (mirror.clear(clear.creatorId(), ifname, nowMs) == Outcome.FULL) {
            group.raiseRefused(SyncFault.CLEAR_SHED, nowNs);
        }
    }

    /**
     * FreeBSD looks only at the first message of a region (8.10); so do we, since a region with two
     * says nothing more.
     */
    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        if (index > 0) {
            return;
        }
        if (relay != null) {
            relay.onCreator(status.creatorId(), nowNs);
        }
        bulk.onStatus(status, sender, headerVersion, nowNs);
    }

    @Override
    public void onTdb(TdbDecoder tdb) {
        // No badstate for a reserved SPI: a kernel without IPsec counts none (recorded set 22).
        counters.increment(GroupCounter.TDB_IGNORED);
    }

    private void refuseState(MessageKind kind, Reject reject) {
        // A kernel sees these only on import: no counter for INS, a failed insert for UPD (recorded
        // set 22).
        boolean isImportError =
                reject == Reject.BAD_VALUE_CREATORID || reject == Reject.BAD_VALUE_IFNAME;
        if (isImportError && kind == MessageKind.UPD) {
            counters.increment(GroupCounter.BADSTATE);
        }
        onReject(reject, 0);
    }

    @Override
    public void onReject(Reject reject, int detail) {
        RejectCounters.count(counters, reject);
        if (reject == Reject.NAMES_FULL) {
            group.raiseRefused(SyncFault.NAMES_FULL, nowNs);
        }
        PfsyncGroup.Cause cause = RejectCounters.cause(reject);
        if (group.isWarnDue(cause, nowNs)) {
            group.warn(
                    cause,
                    "refused group="
                            + settings.name()
                            + " from="
                            + group.senderText(sender)
                            + " reason="
                            + reject.family()
                            + " detail="
                            + detail
                            + " meaning=\""
                            + reject.meaning()
                            + "\"");
        }
    }
}
