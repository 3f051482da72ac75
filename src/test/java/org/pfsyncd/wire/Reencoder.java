package org.pfsyncd.wire;

import org.pfsyncd.support.StateRecords;

/** Puts every message that a walker delivers into a frame encoder: bytes in, the same bytes out. */
final class Reencoder implements FrameVisitor {
    private final StateRecord record = StateRecords.blank();
    private final FrameEncoder encoder;
    private final NameTable names;
    private final long nowMs;
    private boolean isComplete = true;

    Reencoder(FrameEncoder encoder, NameTable names, long nowMs) {
        this.encoder = encoder;
        this.names = names;
        this.nowMs = nowMs;
    }

    /** False once a message was refused by its value checks or did not fit. */
    boolean isComplete() {
        return isComplete;
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        if (state.decode(record, names, nowMs) != null) {
            isComplete = false;
            return;
        }
        record.expiresAtMs(nowMs + record.lifetimeS() * 1000);
        isComplete &= encoder.addState(kind, record, names, nowMs);
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        if (update.check(20) != null) {
            isComplete = false;
            return;
        }
        record.id(update.id()).creatorId(update.creatorId()).timeout(update.timeout());
        update.src(record.src());
        update.dst(record.dst());
        isComplete &= encoder.addUpdateCompressed(record);
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        isComplete &=
                switch (kind) {
                    case INS_ACK -> encoder.addInsertAck(id.id(), id.creatorId());
                    case UPD_REQ -> encoder.addUpdateRequest(id.id(), id.creatorId());
                    default -> encoder.addDeleteCompressed(id.id(), id.creatorId());
                };
    }

    @Override
    public void onClear(ClearDecoder clear) {
        int ifname = clear.ifname(names);
        isComplete &= ifname >= 0 && encoder.addClear(clear.creatorId(), ifname, names);
    }

    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        isComplete &= encoder.addBulkStatus(status.creatorId(), status.endTimeS(), status.status());
    }

    @Override
    public void onTdb(TdbDecoder tdb) {
        isComplete &= encoder.addTdb(tdb);
    }

    @Override
    public void onReject(Reject reject, int detail) {
        isComplete = false;
    }
}
