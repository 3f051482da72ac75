package org.pfsyncd.support;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.Port;

/** A port whose frames, drops and interface are what the test says; it keeps what was sent. */
public final class FakePort implements Port {
    private static final int INTERFACE = 7;
    private static final int ENETDOWN = 100;
    private static final byte[] PEER = {10, 0, 0, 1};

    public final List<byte[]> sent = new ArrayList<>();
    public boolean isUp = true;
    public boolean isReopened;
    public boolean isSendRefused;

    /** Frames are counted, not kept. */
    public boolean isSendCounted;

    public long sentCount;
    public long drops;
    public int mtu = 1500;
    public int overhead = OVERHEAD_LIMIT;

    /** Frames of a batch that leave, at least 1; those behind them are refused. */
    public int batchLimit = Integer.MAX_VALUE;

    private int queued;
    private final Queue<Arrival> waiting = new ArrayDeque<>();
    private final FrameInfo info = new FrameInfo();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Arrival(byte[] frame, byte[] source, int ttl, int interfaceIndex) {}

    /** A frame that will be polled. */
    public void offer(byte[] frame, String source, int ttl, boolean isOnSyncdev) {
        String[] parts = source.split("\\.", -1);
        byte[] address = new byte[16];
        for (int i = 0; i < 4; i++) {
            address[i] = (byte) Integer.parseInt(parts[i]);
        }
        waiting.add(new Arrival(frame, address, ttl, isOnSyncdev ? INTERFACE : INTERFACE + 1));
    }

    /** How an IPv4 frame of {@code source} looks that came in as it should. */
    public FrameInfo info() {
        info.af = 4;
        info.ttl = 255;
        info.interfaceIndex = INTERFACE;
        info.expectedInterfaceIndex = INTERFACE;
        info.source.putBytes(0, PEER);
        return info;
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        int polled = 0;
        while (polled < frameLimit && !waiting.isEmpty()) {
            Arrival arrival = waiting.remove();
            info().ttl = arrival.ttl;
            info.interfaceIndex = arrival.interfaceIndex;
            info.source.putBytes(0, arrival.source);
            handler.onFrame(new UnsafeBuffer(arrival.frame), 0, arrival.frame.length, info);
            polled++;
        }
        return polled;
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        if (isSendRefused) {
            return -ENETDOWN;
        }
        sentCount++;
        if (isSendCounted) {
            return length;
        }
        byte[] frame = new byte[length];
        buffer.getBytes(offset, frame);
        sent.add(frame);
        return length;
    }

    /** What was sent since the last call. */
    public List<byte[]> takeSent() {
        List<byte[]> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** Offset of the first region's count of messages of a frame with one region. */
    public static int count(byte[] frame) {
        return ((frame[22] & 0xFF) << 8) | (frame[23] & 0xFF);
    }

    /** Whether a frame is a request for the whole table and nothing else. */
    public static boolean isBulkRequest(byte[] frame) {
        byte[] request = Arrays.copyOfRange(frame, 20, 36);
        byte[] expected = new byte[16];
        expected[0] = 5;
        expected[1] = (byte) (frame[0] == 6 ? 3 : 0);
        expected[3] = 1;
        return Arrays.equals(request, expected) && frame.length == (frame[0] == 6 ? 36 : 40);
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        if (queued == batchLimit) {
            return length; // taken, and refused when the batch is sent
        }
        int result = send(buffer, offset, length);
        queued += result < 0 ? 0 : 1;
        return result;
    }

    @Override
    public int flush() {
        int flushed = queued;
        queued = 0;
        return flushed;
    }

    @Override
    public int interfaceIndex() {
        return INTERFACE;
    }

    @Override
    public int overhead() {
        return overhead;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public long drops() {
        return drops;
    }

    @Override
    public boolean checkInterface() {
        boolean was = isReopened;
        isReopened = false;
        return was;
    }

    @Override
    public boolean isUp() {
        return isUp;
    }

    @Override
    public void close() {}
}
