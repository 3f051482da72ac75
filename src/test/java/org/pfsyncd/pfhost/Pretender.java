package org.pfsyncd.pfhost;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.Port;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;

/** A bad member: says that a bulk update is over as soon as somebody asks for one. */
final class Pretender implements FrameHandler, FrameVisitor {
    private static final int CREATOR = 0x0bad_0bad;

    private final Port port;
    private final FrameWalker walker = new FrameWalker();
    private Dialect asked;
    private Dialect dialect = Dialect.V6;

    Pretender(Port port) {
        this.port = port;
    }

    void work() {
        port.poll(this, Integer.MAX_VALUE);
    }

    @Override
    public void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        asked = null;
        int both = FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6;
        walker.walk(buffer, offset, length, both, this);
        if (asked != null) {
            byte[] frame = FrameBuilder.of(asked).bulkStart(CREATOR).bulkEnd(CREATOR, 0).bytes();
            port.send(new UnsafeBuffer(frame), 0, frame.length);
        }
    }

    @Override
    public void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {
        dialect = version == 6 ? Dialect.V6 : Dialect.V1301;
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        if (kind == MessageKind.UPD_REQ && id.id() == 0 && id.creatorId() == 0) {
            asked = dialect;
        }
    }
}
