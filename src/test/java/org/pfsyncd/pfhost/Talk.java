package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.Port;
import org.pfsyncd.support.ForwardingPort;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.TdbDecoder;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/**
 * A port that writes down what is sent through it, message by message. Give it to a {@link PfHost}
 * or to a daemon's port factory.
 */
public final class Talk extends ForwardingPort {
    private static final int BOTH = FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6;

    private final LongSupplier clock;
    private final FrameWalker walker = new FrameWalker();
    private final List<Said> all = new ArrayList<>();
    private final int[] counts = new int[MessageKind.values().length];
    private final Set<HostId> deleted = new HashSet<>();
    private final Set<HostId> told = new HashSet<>();
    private final Map<HostId, Integer> asked = new HashMap<>();
    private boolean isKept = true;
    private int packets;
    private boolean isAnswering;
    private Heard heard;

    /**
     * One message.
     *
     * @param packet number of the packet it was in, from 1.
     * @param id 0 if the kind has none; the status of a BUS.
     */
    public record Said(long ns, int packet, MessageKind kind, long id, int creatorId) {
        @Override
        public String toString() {
            return packet + ":" + kind + " " + Long.toHexString(id);
        }
    }

    public Talk(Port port, LongSupplier clock) {
        super(port);
        this.clock = clock;
    }

    /** Goes on with another port, as after a restart. */
    Talk over(Port newPort) {
        forwardTo(newPort);
        return this;
    }

    /** Also writes down, elsewhere, what arrives. */
    Talk hearing(Heard notes) {
        heard = notes;
        return this;
    }

    /** Counts only, for long runs. */
    public Talk countOnly() {
        isKept = false;
        return this;
    }

    /** Everything, in the order of the wire. */
    public List<Said> all() {
        return all;
    }

    public int count(MessageKind kind) {
        return counts[kind.ordinal()];
    }

    /** Whether a DEL_C of this state was sent. */
    public boolean hasDeleted(HostId id) {
        return deleted.contains(id);
    }

    /** Whether the whole of this state was ever sent. */
    public boolean hasTold(HostId id) {
        return told.contains(id);
    }

    /** How often this state was asked for. */
    int requests(HostId id) {
        return asked.getOrDefault(id, 0);
    }

    /** Whether a START was said, and no END since. */
    boolean isAnswering() {
        return isAnswering;
    }

    public int packets() {
        return packets;
    }

    /** As the recordings list packets: {@code INS:5 UPD_REQ:1}, one string a packet, no EOF. */
    public List<String> sections() {
        List<String> lines = new ArrayList<>();
        int i = 0;
        while (i < all.size()) {
            int packet = all.get(i).packet;
            StringBuilder line = new StringBuilder();
            while (i < all.size() && all.get(i).packet == packet) {
                MessageKind kind = all.get(i).kind;
                int count = 0;
                while (i < all.size() && all.get(i).packet == packet && all.get(i).kind == kind) {
                    count++;
                    i++;
                }
                line.append(line.isEmpty() ? "" : " ").append(kind).append(':').append(count);
            }
            lines.add(line.toString());
        }
        return lines;
    }

    public void forget() {
        all.clear();
    }

    private void note(DirectBuffer buffer, int offset, int length) {
        packets++;
        walker.walk(buffer, offset, length, BOTH, new Notes());
    }

    private final class Notes implements FrameVisitor {
        private void add(MessageKind kind, long id, int creatorId) {
            counts[kind.ordinal()]++;
            if (kind == MessageKind.DEL_C) {
                deleted.add(new HostId(id, creatorId));
            } else if (kind == MessageKind.UPD_REQ) {
                asked.merge(new HostId(id, creatorId), 1, Integer::sum);
            }
            if (isKept) {
                all.add(new Said(clock.getAsLong(), packets, kind, id, creatorId));
            }
        }

        @Override
        public void onState(MessageKind kind, StateDecoder state) {
            add(kind, state.id(), state.creatorId());
            told.add(new HostId(state.id(), state.creatorId()));
        }

        @Override
        public void onUpdateCompressed(UpdateCompressedDecoder update) {
            add(MessageKind.UPD_C, update.id(), update.creatorId());
        }

        @Override
        public void onId(MessageKind kind, IdDecoder id) {
            add(kind, id.id(), id.creatorId());
        }

        @Override
        public void onClear(ClearDecoder clear) {
            add(MessageKind.CLR, 0, clear.creatorId());
        }

        @Override
        public void onBulkStatus(BulkStatusDecoder status, int index) {
            add(MessageKind.BUS, status.status(), status.creatorId());
            isAnswering = status.status() == BulkStatusDecoder.START;
        }

        @Override
        public void onTdb(TdbDecoder tdb) {
            add(MessageKind.TDB, 0, 0);
        }

        @Override
        public void onReject(Reject reject, int detail) {
            if (reject != Reject.BAD_VERSION_V5_OPENBSD) {
                throw new AssertionError("a packet that was sent is not sound: " + reject);
            }
        }
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        return super.poll(heard == null ? handler : onSyncdev(heard.on(handler)), frameLimit);
    }

    /** A kernel hears its syncdev only; a raw socket every interface until it is bound to one. */
    private static FrameHandler onSyncdev(FrameHandler handler) {
        return (buffer, offset, length, info) -> {
            if (info.interfaceIndex == info.expectedInterfaceIndex) {
                handler.onFrame(buffer, offset, length, info);
            }
        };
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        note(buffer, offset, length);
        return super.send(buffer, offset, length);
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        note(buffer, offset, length);
        return super.queue(buffer, offset, length);
    }
}
