package org.pfsyncd.sim;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TdbDecoder;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/**
 * What nodes send into a segment, as its firewall hears it: in role listen they ask and
 * acknowledge; in role member they also answer, with marks and with full updates of states that are
 * truly the firewall's. Anything else does harm.
 */
final class MemberFrames implements FrameHandler, FrameVisitor {
    private final Firewall firewall;
    private final int port;
    private final TraceHash trace;
    private final FrameWalker walker = new FrameWalker();
    private final NameTable names = new NameTable();
    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private int node;

    MemberFrames(Firewall firewall, int port, TraceHash trace) {
        this.firewall = firewall;
        this.port = port;
        this.trace = trace;
    }

    @Override
    public void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        trace.frame(buffer, offset, length);
        node = info.source.getByte(3) - 1;
        walker.walk(buffer, offset, length, FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6, this);
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        if (kind == MessageKind.INS_ACK) {
            firewall.onAcknowledged(node, id.id());
        } else if (kind != MessageKind.UPD_REQ) {
            harm(kind.name());
        } else if (id.id() == 0 && id.creatorId() == 0) {
            firewall.answerBulk(port);
        } else {
            firewall.answer(port, id.id());
        }
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        if (kind != MessageKind.UPD || !firewall.hasMembers()) {
            harm(kind.name());
        }
        Reject reject = state.decode(record, names, World.START_MS);
        String contradiction =
                reject == null ? firewall.contradiction(record) : reject.meaning();
        if (contradiction != null) {
            harm("UPD of " + Long.toHexString(state.id()) + ": " + contradiction);
        }
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        harm("UPD_C");
    }

    @Override
    public void onClear(ClearDecoder clear) {
        harm("CLR");
    }

    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        if (!firewall.hasMembers()) {
            harm("BUS");
        }
    }

    @Override
    public void onTdb(TdbDecoder tdb) {
        harm("TDB");
    }

    @Override
    public void onReject(Reject reject, int detail) {
        harm("a frame that is refused: " + reject);
    }

    private void harm(String what) {
        throw new Violation(
                Invariant.NO_HARM,
                "node n"
                        + node
                        + " sent "
                        + what
                        + " to the segment of firewall "
                        + firewall.number);
    }
}
