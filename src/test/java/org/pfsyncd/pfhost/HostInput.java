package org.pfsyncd.pfhost;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/**
 * What a host does with a packet (1.10 and section 8).
 *
 * <p>Not imitated: a full update is checked as an INS is, so that one of an unknown state with a
 * family that no system has is refused here and taken by a kernel (25.7).
 */
final class HostInput implements FrameHandler, FrameVisitor {
    private static final int TTL = 255;
    private static final int HEADER = 20;
    private static final int SUBHEADER = 4;

    private final PfHost host;
    private final PfSystem system;
    private final Kernel kernel;
    private final HostCounters counters;
    private final HostMerge merge;
    private final FrameWalker walker = new FrameWalker();
    private final UnsafeBuffer scratch = new UnsafeBuffer(new byte[0x2_0000]);
    private final PeerRecord src =
            new PeerRecord().wrap(new UnsafeBuffer(new byte[StateRecord.PEER_LENGTH]), 0);
    private final PeerRecord dst =
            new PeerRecord().wrap(new UnsafeBuffer(new byte[StateRecord.PEER_LENGTH]), 0);
    private boolean isFingerprintOurs;
    private boolean isRegionDead;

    HostInput(PfHost host, Kernel kernel) {
        this.host = host;
        this.kernel = kernel;
        system = host.settings().system;
        counters = kernel.counters();
        merge = new HostMerge(system, kernel.clock());
    }

    @Override
    public void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        counters.packetsIn++;
        if (!host.isUp()) {
            return;
        }
        if (info.interfaceIndex != info.expectedInterfaceIndex) {
            counters.badInterface++;
        } else if (info.ttl != TTL) {
            counters.badTtl++;
        } else if (length < HEADER) {
            counters.badHeader++;
        } else if ((buffer.getByte(offset) & 0xFF) != system.dialect.headerVersion()) {
            counters.badVersion++;
        } else if ((buffer.getShort(offset + 2, BIG_ENDIAN) & 0xFFFF) > length) {
            counters.badLength++;
        } else {
            take(buffer, offset, length);
            host.settle();
        }
    }

    private void take(DirectBuffer buffer, int offset, int length) {
        if (system.dialect.headerVersion() == 6) {
            walker.walk(buffer, offset, length, FrameWalker.ACCEPT_V6, this);
            return;
        }
        int size = length;
        if (system == PfSystem.OPENBSD_45) {
            size = OldFrames.grow(buffer, offset, length, scratch);
            if (size == 0) {
                counters.badLength++;
                return;
            }
        } else {
            scratch.putBytes(0, buffer, offset, length);
        }
        int cut = cutAtUnknown(size);
        if (cut < size) {
            counters.badAction++;
            scratch.putShort(2, (short) cut, BIG_ENDIAN);
        }
        walker.walk(scratch, 0, cut, FrameWalker.ACCEPT_V5, this);
    }

    /** Where the first action stands that this system does not know: the rest is lost (1.8). */
    private int cutAtUnknown(int length) {
        int position = HEADER;
        int end = scratch.getShort(2, BIG_ENDIAN) & 0xFFFF;
        while (end - position >= SUBHEADER) {
            int action = scratch.getByte(position) & 0xFF;
            int count = scratch.getShort(position + 2, BIG_ENDIAN) & 0xFFFF;
            boolean isRefused =
                    action >= system.actionLimit || (action == Action.DEL && system.isFreeBsd14());
            if (isRefused) {
                return position;
            }
            if (action == Action.EOF) {
                return length;
            }
            position += SUBHEADER + count * lengthOf(action);
        }
        return length;
    }

    private static int lengthOf(int action) {
        return switch (action) {
            case Action.CLR -> 20;
            case Action.INS_1301, Action.UPD_1301, Action.DEL -> 242;
            case Action.UPD_C -> 84;
            case Action.TDB_OLD -> 48;
            case Action.INS_1400, Action.UPD_1400 -> 277;
            case Action.INS_1500, Action.UPD_1500 -> 360;
            default -> 12;
        };
    }

    @Override
    public void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {
        byte[] ours = host.settings().fingerprint;
        boolean isSame = !system.isNewOpenBsd();
        for (int i = 0; i < ours.length; i++) {
            isSame &= buffer.getByte(fingerprintOffset + i) == ours[i];
        }
        isFingerprintOurs = isSame;
    }

    @Override
    public void onRegion(int action, int count) {
        isRegionDead = false;
    }

    @Override
    public void onReject(Reject reject, int detail) {
        switch (reject.family()) {
            case "badact" -> counters.badAction++;
            case "badlen" -> counters.badLength++;
            case "badver" -> counters.badVersion++;
            default -> counters.badHeader++;
        }
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        if (kind == MessageKind.DEL) {
            delete(state.id(), state.creatorId());
            return;
        }
        if (isRegionDead) {
            return;
        }
        HostState received = new HostState();
        Reject reject = state.decode(received.record, kernel.names(), kernel.clock().ms());
        boolean isBadValue =
                reject == Reject.BAD_VALUE_TIMEOUT
                        || reject == Reject.BAD_VALUE_PEER_STATE
                        || reject == Reject.BAD_VALUE_DIRECTION
                        || reject == Reject.BAD_VALUE_AF;
        if (isBadValue || received.record.timeout() >= system.timeoutLimit()) {
            counters.badValue++;
            return;
        }
        HostState known = host.table().find(state.id(), state.creatorId());
        if (kind == MessageKind.INS) {
            boolean isTaken = known == null && reject == null && take(received, state.expireS());
            if (known != null) {
                counters.collisions++;
            }
            if (!isTaken && system.isFreeBsd14()) {
                counters.badAction++;
            }
        } else if (known != null) {
            merge(known, received.record.src(), received.record.dst(), received.record.timeout());
        } else if (reject != null || !take(received, state.expireS())) {
            counters.badState++;
        }
    }

    /** Imports a state (8.4); false where a kernel's import fails. */
    private boolean take(HostState state, long leftS) {
        StateRecord record = state.record;
        boolean isKnownInterface =
                system.takesUnknownInterfaces() || host.hasInterface(record.ifname());
        if (!isKnownInterface) {
            return true; // skipped, which is no error
        }
        if (host.table().isFull()) {
            isRegionDead = true;
            return false;
        }
        long nowMs = kernel.clock().ms();
        long lifeMs = host.table().timeoutMs(record);
        record.lastActivityMs(leftS == 0 ? nowMs : nowMs - (lifeMs - leftS * 1000));
        boolean isAttached =
                isFingerprintOurs
                        && record.anchor() == -1
                        && record.rule() >= 0
                        && record.rule() < host.settings().rules;
        record.rule(isAttached ? record.rule() : -1).anchor(-1).natRule(-1);
        record.packets0(0).packets1(0).bytes0(0).bytes1(0);
        boolean isAckWanted = state.isAckWanted();
        record.stateFlags(record.stateFlags() & ~(HostState.FLAG_ACK | HostState.FLAG_NOSYNC));
        state.syncTimeS = kernel.clock().seconds();
        List<HostState> displaced = new ArrayList<>(0);
        if (!host.table().insert(state, displaced)) {
            counters.collisions++;
            return false;
        }
        counters.imports++;
        displaced.forEach(host::removed);
        if (isAckWanted) {
            host.output().acknowledge(state);
        }
        return true;
    }

    private void merge(HostState state, PeerRecord newSrc, PeerRecord newDst, int timeout) {
        if (state.isAckWanted()) {
            host.release(state, system.isNewOpenBsd());
        }
        if (merge.merge(state, newSrc, newDst, timeout) > 0) {
            counters.stale++;
            host.output().updated(state);
            host.output().pushAll();
        }
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        if (update.check(system.timeoutLimit()) != null) {
            counters.badValue++;
            return;
        }
        HostState state = host.table().find(update.id(), update.creatorId());
        if (state == null) {
            host.output().request(new HostId(update.id(), update.creatorId()));
            return;
        }
        update.src(src);
        update.dst(dst);
        merge(state, src, dst, update.timeout());
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        switch (kind) {
            case INS_ACK -> acknowledged(id.id(), id.creatorId());
            case UPD_REQ -> requested(id.id(), id.creatorId());
            default -> delete(id.id(), id.creatorId());
        }
    }

    private void acknowledged(long id, int creatorId) {
        HostState state = host.table().find(id, creatorId);
        if (state != null && state.isAckWanted()) {
            counters.acksReceived++;
            host.release(state, true);
        }
    }

    private void requested(long id, int creatorId) {
        if (id == 0 && creatorId == 0) {
            host.onBulkRequest();
            return;
        }
        HostState state = host.table().find(id, creatorId);
        if (state == null || (state.isSilent() && system.isNewOpenBsd())) {
            counters.badState++;
        } else {
            host.output().tell(state);
        }
    }

    private void delete(long id, int creatorId) {
        HostState state = host.table().find(id, creatorId);
        if (state == null) {
            counters.badState++;
        } else {
            state.silence();
            host.table().remove(state);
            host.removed(state);
        }
    }

    @Override
    public void onClear(ClearDecoder clear) {
        int ifname = clear.ifname(kernel.names());
        if (ifname != 0 && !host.hasInterface(ifname)) {
            return;
        }
        boolean isByInterface =
                ifname != 0 && (system.isNewOpenBsd() || system == PfSystem.FREEBSD_15);
        for (HostState state : List.copyOf(host.table().states())) {
            boolean isMeant =
                    state.record.creatorId() == clear.creatorId()
                            && (!isByInterface || state.record.ifname() == ifname);
            if (isMeant) {
                state.silence();
                host.table().remove(state);
                host.removed(state);
            }
        }
    }

    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        if (index == 0 || !system.isFreeBsd()) {
            host.onBulkStatus(status.status(), status.endTimeS());
        }
    }
}
