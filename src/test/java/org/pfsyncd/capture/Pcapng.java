package org.pfsyncd.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Writes pcapng blocks for tests, in either byte order. */
final class Pcapng {
    private final ByteBuffer out = ByteBuffer.allocate(65_536);

    Pcapng(ByteOrder order) {
        out.order(order);
    }

    Pcapng section() {
        return block(
                0x0A0D0D0A,
                body(16).putInt(0x1A2B3C4D).putShort((short) 1).putShort((short) 0).putLong(-1));
    }

    /** An interface, with if_tsresol where {@code resolution} is not negative. */
    Pcapng described(int linkType, int snapLength, int resolution) {
        ByteBuffer body = body(resolution < 0 ? 8 : 20);
        body.putShort((short) linkType).putShort((short) 0).putInt(snapLength);
        if (resolution >= 0) {
            body.putShort((short) 9).putShort((short) 1).put((byte) resolution);
            body.put(new byte[3]).putInt(0);
        }
        return block(1, body);
    }

    Pcapng enhanced(int index, long ticks, byte[] frame, int sentLength) {
        ByteBuffer body = body(20 + padded(frame.length));
        body.putInt(index).putInt((int) (ticks >>> 32)).putInt((int) ticks);
        body.putInt(frame.length).putInt(sentLength).put(frame);
        return block(6, body);
    }

    Pcapng simple(byte[] frame, int sentLength) {
        return block(3, body(4 + padded(frame.length)).putInt(sentLength).put(frame));
    }

    Pcapng unknown(int type, int length) {
        return block(type, body(length));
    }

    byte[] bytes() {
        return Arrays.copyOf(out.array(), out.position());
    }

    private Pcapng block(int type, ByteBuffer body) {
        int length = 12 + body.capacity();
        out.putInt(type).putInt(length).put(body.rewind()).putInt(length);
        return this;
    }

    private ByteBuffer body(int length) {
        return ByteBuffer.allocate(length).order(out.order());
    }

    private static int padded(int length) {
        return (length + 3) & ~3;
    }
}
