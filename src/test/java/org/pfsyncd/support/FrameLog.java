package org.pfsyncd.support;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;

/** Remembers every frame a port handed over. Owned by the polling thread. */
public final class FrameLog implements FrameHandler {
    /** A frame, copied; addresses as 16 bytes in hexadecimal. */
    public record Frame(
            String text,
            int length,
            int af,
            int ttl,
            int interfaceIndex,
            int expectedInterfaceIndex,
            String source,
            String destination) {}

    public final List<Frame> frames = new ArrayList<>();

    /** A frame that carries a text. */
    public static UnsafeBuffer frame(String text) {
        return new UnsafeBuffer(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Override
    public void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        frames.add(
                new Frame(
                        buffer.getStringWithoutLengthAscii(offset, Math.min(length, 64)),
                        length,
                        info.af,
                        info.ttl,
                        info.interfaceIndex,
                        info.expectedInterfaceIndex,
                        hex(info.source),
                        hex(info.destination)));
    }

    private static String hex(UnsafeBuffer address) {
        byte[] bytes = new byte[16];
        address.getBytes(0, bytes);
        return java.util.HexFormat.of().formatHex(bytes);
    }

    public List<String> texts() {
        return frames.stream().map(Frame::text).toList();
    }

    public Frame last() {
        return frames.get(frames.size() - 1);
    }
}
