package org.pfsyncd.group;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Representable;
import org.pfsyncd.wire.StateRecord;

/**
 * Packs what waits in {@link AnnounceQueues} into frames of the segment's dialect and sends them
 * (spec pfsync.md sections 1.4 and 10). A state goes out with the values of the moment of sending.
 *
 * <p>Regions leave in the kernels' order of the dialect; deletes that make room for an insert of
 * the same id go before it. Owned by the sync agent; allocates nothing.
 */
final class AnnounceOutput {
    /** Frames of one call: one batch of the port, so that its answer tells what became of each. */
    static final int FRAMES = 32;

    /** A larger packet is never composed, whatever the interface and the setting allow. */
    static final int PACKET_LIMIT = 9_000;

    /** States looked up in one call: most may turn out not to be announced, and cost time. */
    private static final int HANDLED_LIMIT = 8_192;

    private static final int FLAG_NOSYNC = 0x0008;
    private static final int FLAG_ACK = 0x0010;
    private static final int PROTO_PFSYNC = 240;
    private static final int IFNAME_LIMIT = 15;
    private static final int PACKET_LEAST = 576;
    private static final int DELETE_LENGTH = 12;
    private static final int UPDATE_LENGTH = 84;

    private static final int[] ORDER_V5 = {
        AnnounceQueues.INS, AnnounceQueues.UPD, AnnounceQueues.UPD_C, AnnounceQueues.DEL
    };
    private static final int[] ORDER_V6 = {
        AnnounceQueues.UPD_C, AnnounceQueues.DEL, AnnounceQueues.INS, AnnounceQueues.UPD
    };

    /** Where the output finds states and counts. */
    record Parts(
            Port port, CounterSet<GroupCounter> counters, InterfaceMap interfaces, Mirror mirror) {}

    private final Port port;
    private final CounterSet<GroupCounter> counters;
    private final NameTable names;
    private final InterfaceMap interfaces;
    private final Mirror mirror;
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[PACKET_LIMIT]);
    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final int[] actions = new int[FRAMES * Action.COUNT];
    private final AnnounceSettings settings;
    private final DeleteRepeats repeats;
    private final boolean passesRules;
    private Dialect dialect = Dialect.V1301;
    private long nowNs;
    private long nowMs;
    private int frames;
    private boolean isFull;
    private int handled;

    AnnounceOutput(AnnounceSettings settings, Parts parts, DeleteRepeats repeats) {
        this.repeats = repeats;
        this.settings = settings;
        port = parts.port();
        counters = parts.counters();
        interfaces = parts.interfaces();
        mirror = parts.mirror();
        names = mirror.names();
        passesRules = settings.packets().hasFingerprint();
        encoder.fingerprint(settings.packets().fingerprint());
    }

    /** Largest IP packet that is sent, the carrier's headers beyond 20 bytes left out. */
    int packetLimit() {
        int mtu = Math.min(port.mtu(), Math.min(settings.packets().mtuLimit(), PACKET_LIMIT));
        return Math.max(mtu, PACKET_LEAST) - settings.packets().reserve();
    }

    int interfaceMtu() {
        return port.mtu();
    }

    /** Whether what waits would exceed one packet. */
    boolean isOverfull(AnnounceQueues queues, Dialect in) {
        int room = packetLimit() - 20 - FrameWalker.HEADER_LENGTH - (in == Dialect.V6 ? 0 : 4);
        long bytes = DELETE_LENGTH * (long) queues.replacing();
        for (int queue = 0; queue < AnnounceQueues.COUNT; queue++) {
            int count = queues.count(queue);
            bytes += count == 0 ? 0 : 4 + (long) count * length(queue, in);
        }
        return bytes > room;
    }

    private static int length(int queue, Dialect in) {
        return switch (queue) {
            case AnnounceQueues.UPD_C -> UPDATE_LENGTH;
            case AnnounceQueues.DEL -> DELETE_LENGTH;
            default -> in.stateLength();
        };
    }

    /**
     * Sends at most {@link #FRAMES} frames.
     *
     * @param all false: only frames that are full.
     * @return frames handed to the port.
     */
    int send(AnnounceQueues queues, Dialect in, boolean all, long timeNs, long timeMs) {
        dialect = in;
        nowNs = timeNs;
        nowMs = timeMs;
        frames = 0;
        handled = 0;
        while (frames < FRAMES
                && handled < HANDLED_LIMIT
                && queues.size() > 0
                && (all || isOverfull(queues, in))) {
            encoder.begin(frame, 0, dialect, packetLimit());
            fill(queues);
            if (!encoder.isEmpty()) {
                hand();
            }
        }
        settle();
        return frames;
    }

    /** Sends a frame with one INS_ACK for a state that nobody has; false if it was refused. */
    boolean sendBeacon(Dialect in, long id, int creatorId) {
        dialect = in;
        frames = 0;
        encoder.begin(frame, 0, dialect, packetLimit());
        encoder.addInsertAck(id, creatorId);
        note(Action.INS_ACK);
        hand();
        return settle() == 1;
    }

    private void hand() {
        int length = encoder.finish();
        if (dialect != Dialect.V6) {
            note(Action.EOF);
        }
        port.queue(frame, 0, length);
        frames++;
    }

    /** Counts what the port took; the rest is lost, as in the kernels (1.11). */
    private int settle() {
        if (frames == 0) {
            return 0;
        }
        int sent = Math.max(0, Math.min(frames, port.flush()));
        counters.add(GroupCounter.OPACKETS, sent);
        counters.add(GroupCounter.OERRORS, frames - sent);
        for (int f = 0; f < frames; f++) {
            for (int action = 0; action < Action.COUNT; action++) {
                int count = actions[f * Action.COUNT + action];
                if (count > 0) {
                    counters.add(
                            f < sent ? GroupCounter.output(action) : GroupCounter.ANNOUNCE_LOST,
                            count);
                    actions[f * Action.COUNT + action] = 0;
                }
            }
        }
        return sent;
    }

    private void note(int action) {
        actions[frames * Action.COUNT + action]++;
    }

    private void fill(AnnounceQueues queues) {
        isFull = false;
        for (int queue : dialect == Dialect.V6 ? ORDER_V6 : ORDER_V5) {
            if (queue == AnnounceQueues.INS && queues.replacing() > 0) {
                fillReplacing(queues);
            }
            while (!isFull && queues.count(queue) > 0 && handled < HANDLED_LIMIT) {
                int entry = queues.head(queue);
                handled++;
                if (add(queues, entry, queue)) {
                    queues.remove(entry);
                }
            }
            if (isFull) {
                return;
            }
        }
    }

    /**
     * The deletes that go before inserts of the same id. An insert keeps its place in the queue, so
     * that its own message may have to wait for the next frame; the delete is not said again then.
     */
    private void fillReplacing(AnnounceQueues queues) {
        int left = queues.count(AnnounceQueues.INS);
        int entry = queues.head(AnnounceQueues.INS);
        while (left-- > 0 && queues.replacing() > 0) {
            if (queues.replaces(entry)) {
                if (!encoder.addDeleteCompressed(queues.id(entry), queues.creatorId(entry))) {
                    isFull = true;
                    return;
                }
                note(Action.DEL_C);
                queues.replaces(entry, false);
            }
            entry = queues.after(entry);
        }
    }

    /** Whether the entry is done with: written, or not to be written. */
    private boolean add(AnnounceQueues queues, int entry, int queue) {
        long id = queues.id(entry);
        int creatorId = queues.creatorId(entry);
        if (queue == AnnounceQueues.DEL) {
            return addDelete(queues, entry);
        }
        if (!mirror.get(id, creatorId, record)) {
            counters.increment(GroupCounter.ANNOUNCE_GONE);
            return true;
        }
        if (!mayLeave()) {
            return true;
        }
        if (queue == AnnounceQueues.UPD_C) {
            return written(encoder.addUpdateCompressed(record), Action.UPD_C);
        }
        MessageKind kind = queue == AnnounceQueues.INS ? MessageKind.INS : MessageKind.UPD;
        prepare();
        boolean isWritten = encoder.addState(kind, record, names, nowMs);
        if (isWritten) {
            Losses.count(record, dialect, counters);
        }
        return written(isWritten, Action.of(kind, dialect));
    }

    private boolean addDelete(AnnounceQueues queues, int entry) {
        long id = queues.id(entry);
        int creatorId = queues.creatorId(entry);
        boolean isWritten = written(encoder.addDeleteCompressed(id, creatorId), Action.DEL_C);
        if (isWritten && settings.deletes().areRepeated() && !queues.isRepeat(entry)) {
            boolean isNoted = repeats.note(id, creatorId, nowNs + Announcer.DELAY_NS);
            counters.add(GroupCounter.ANNOUNCE_SHED, isNoted ? 0 : 1);
        }
        return isWritten;
    }

    private boolean written(boolean isWritten, int action) {
        if (isWritten) {
            note(action);
        }
        isFull = !isWritten;
        return isWritten;
    }

    /** What must never be announced: unconfirmed, local, over, or not to be said in the dialect. */
    private boolean mayLeave() {
        if ((record.marks() & StateRecord.MARK_CONFIRMED) == 0) {
            counters.increment(GroupCounter.ANNOUNCE_UNCONFIRMED);
            return false;
        }
        if ((record.stateFlags() & FLAG_NOSYNC) != 0 || record.wireProto() == PROTO_PFSYNC) {
            counters.increment(GroupCounter.ANNOUNCE_NOSYNC);
            return false;
        }
        if (record.expiresAtMs() <= nowMs) {
            // Zero seconds left would be a whole new life (4.6).
            counters.increment(GroupCounter.ANNOUNCE_GONE);
            return false;
        }
        if (!Representable.isIn(record, dialect)) {
            counters.increment(GroupCounter.UNREPRESENTABLE);
            counters.increment(Losses.refusal(record, dialect));
            return false;
        }
        interfaces.out(record);
        if (!isNameFit()) {
            counters.increment(GroupCounter.UNREPRESENTABLE);
            counters.increment(GroupCounter.UNREPRESENTABLE_NAME);
            return false;
        }
        return true;
    }

    /** Whether the interface's name fits its field; a state without one is refused everywhere. */
    private boolean isNameFit() {
        int length = names.bytes(record.ifname()).length;
        return length > 0 && length <= IFNAME_LIMIT;
    }

    /** Our copy, as another system may take it. */
    private void prepare() {
        record.stateFlags(record.stateFlags() & ~FLAG_ACK);
        record.expiresAtMs(Math.max(record.expiresAtMs(), nowMs + 1000));
        if (!passesRules) {
            record.rule(-1).anchor(-1).natRule(-1);
        }
    }
}
