package org.pfsyncd.support;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;

/** Remembers length and content of every frame, whatever it holds. Owned by the polling thread. */
public final class FrameSums implements FrameHandler {
    public final List<String> sums = new ArrayList<>();

    /** Length and a sum over every byte and its place. */
    public static String of(DirectBuffer buffer, int offset, int length) {
        long sum = 1;
        for (int i = 0; i < length; i++) {
            sum = 31 * sum + buffer.getByte(offset + i);
        }
        return length + ":" + Long.toHexString(sum);
    }

    @Override
    public void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        sums.add(of(buffer, offset, length));
    }
}
