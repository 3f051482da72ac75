package org.pfsyncd.doctor;

import org.agrona.DirectBuffer;
import org.pfsyncd.doctor.SenderFacts.StateId;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/** Takes the messages of one frame after the other into the observations. */
final class Ear implements FrameVisitor {
    private static final int FINGERPRINT_LENGTH = 16;

    private final Observations into;
    private SenderFacts sender;
    private long nowNs;

    Ear(Observations into) {
        this.into = into;
    }

    void listen(long now, SenderFacts from) {
        nowNs = now;
        sender = from;
    }

    private void count(MessageKind kind) {
        sender.messages.merge(kind, 1L, Long::sum);
    }

    @Override
    public void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {
        sender.fingerprint(Observations.hex(buffer, fingerprintOffset, FINGERPRINT_LENGTH));
        if (version == Dialect.V6.headerVersion()) {
            sender.dialects.add(Dialect.V6);
        }
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        count(kind);
        sender.dialects.add(state.dialect());
        StateId id = new StateId(state.id(), state.creatorId());
        into.requests.settled(id);
        if (kind == MessageKind.DEL) {
            sender.held.remove(id);
            return;
        }
        sender.holds(id);
        into.requests.speaks(id, sender.address);
        if (kind == MessageKind.INS) {
            into.owns(state.creatorId(), sender);
        } else {
            sender.fullState(nowNs);
        }
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        count(MessageKind.UPD_C);
        StateId id = new StateId(update.id(), update.creatorId());
        sender.holds(id);
        into.requests.speaks(id, sender.address);
    }

    @Override
    public void onId(MessageKind kind, IdDecoder message) {
        count(kind);
        StateId id = new StateId(message.id(), message.creatorId());
        if (kind == MessageKind.DEL_C) {
            into.senders.values().forEach(other -> other.held.remove(id));
            into.requests.settled(id);
        } else if (kind == MessageKind.UPD_REQ) {
            if (id.id() == 0 && id.creatorId() == 0) {
                into.requests.bulk(nowNs, sender.address);
            } else {
                into.requests.single(nowNs, id, sender.address);
            }
        }
    }

    @Override
    public void onClear(ClearDecoder clear) {
        count(MessageKind.CLR);
        int creatorId = clear.creatorId();
        into.owns(creatorId, sender);
        into.requests.cleared(creatorId);
        sender.held.clear(); // the sender itself removes all its states, whoever created them
        into.senders
                .values()
                .forEach(other -> other.held.removeIf(id -> id.creatorId() == creatorId));
    }

    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        count(MessageKind.BUS);
        into.owns(status.creatorId(), sender);
        boolean isAsked = into.requests.answered(nowNs, sender.address);
        if (status.status() == BulkStatusDecoder.START) {
            sender.bulkStart(nowNs, isAsked);
        } else if (status.status() == BulkStatusDecoder.END) {
            sender.bulkEnd(nowNs);
        }
    }

    @Override
    public void onReject(Reject reject, int detail) {
        sender.rejects.merge(reject, 1L, Long::sum);
    }
}
