package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.DirectBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/** What arrived at a place on a segment, message by message, whoever sent it. */
public final class Heard implements FrameVisitor {
    private final FrameWalker walker = new FrameWalker();
    private final List<Talk.Said> all = new ArrayList<>();
    private final Set<Dialect> dialects = EnumSet.noneOf(Dialect.class);
    private final Set<Integer> versions = new TreeSet<>();
    private int packets;

    /** Writes down a frame on its way to whom it is for. */
    FrameHandler on(FrameHandler handler) {
        return (DirectBuffer buffer, int offset, int length, FrameInfo info) -> {
            packets++;
            walker.walk(
                    buffer, offset, length, FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6, this);
            handler.onFrame(buffer, offset, length, info);
        };
    }

    /** Everything, in the order of the wire; the instant is not noted. */
    public List<Talk.Said> all() {
        return all;
    }

    /** Formats of the full states. */
    public Set<Dialect> dialects() {
        return dialects;
    }

    /** Header versions of the frames. */
    public Set<Integer> versions() {
        return versions;
    }

    /** How many messages of a kind were about states of a creator, or marks of it. */
    public long count(MessageKind kind, int creatorId) {
        return all.stream()
                .filter(said -> said.kind() == kind && said.creatorId() == creatorId)
                .count();
    }

    private void add(MessageKind kind, long id, int creatorId) {
        all.add(new Talk.Said(0, packets, kind, id, creatorId));
    }

    @Override
    public void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {
        versions.add(version);
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        dialects.add(state.dialect());
        add(kind, state.id(), state.creatorId());
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
    }
}
