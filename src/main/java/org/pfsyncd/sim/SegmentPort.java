package org.pfsyncd.sim;

import java.util.function.Predicate;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;

/** A firewall's interface to one segment: packs messages into frames, listens to the nodes. */
final class SegmentPort {
    private static final int MTU = 1500;

    private final SimPort port;
    private final Dialect dialect;
    private final MemberFrames members;
    private final FrameEncoder encoder = new FrameEncoder();
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[MTU]);
    private boolean isOpen;

    SegmentPort(SimPort port, Dialect dialect, MemberFrames members) {
        this.port = port;
        this.dialect = dialect;
        this.members = members;
    }

    void listen() {
        port.poll(members, Integer.MAX_VALUE);
    }

    /** One more message. */
    void add(Predicate<FrameEncoder> message) {
        if (!isOpen) {
            encoder.begin(frame, 0, dialect, MTU);
            isOpen = true;
        }
        if (!message.test(encoder)) {
            flush();
            add(message);
        }
    }

    /** A frame that is not sent. */
    byte[] frame(Predicate<FrameEncoder> message) {
        flush();
        encoder.begin(frame, 0, dialect, MTU);
        if (!message.test(encoder)) {
            throw new IllegalStateException("a message does not fit an empty frame");
        }
        byte[] made = new byte[encoder.finish()];
        frame.getBytes(0, made);
        return made;
    }

    void flush() {
        if (isOpen) {
            isOpen = false;
            port.send(frame, 0, encoder.finish());
        }
    }

    /** Sends a frame as it is. */
    void send(UnsafeBuffer bytes, int length) {
        flush();
        port.send(bytes, 0, length);
    }
}
