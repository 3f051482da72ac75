package org.pfsyncd.capture;

import org.agrona.DirectBuffer;

/** Reads live packets as {@link CaptureReader} reads those of a file. Owned by one thread. */
public final class IpPackets {
    private final RawFrame frame = new RawFrame();
    private final CapturedPacket packet = new CapturedPacket();

    /**
     * A packet that starts with its IP header; the result is valid until the next call.
     *
     * @param timestampNs epoch nanoseconds, or any other clock's.
     */
    public CapturedPacket parse(DirectBuffer buffer, int offset, int length, long timestampNs) {
        int kept = Math.min(length, RawFrame.LIMIT);
        buffer.getBytes(offset, frame.bytes, 0, kept);
        frame.lengths(kept, length);
        frame.linkType = LinkType.RAW_IP;
        frame.timestampNs = timestampNs;
        packet.reset(timestampNs, PacketKind.OTHER);
        IpParser.parse(frame, 0, packet);
        return packet;
    }
}
