package org.pfsyncd.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.capture.CaptureException;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CaptureWriter;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.LinkType;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.text.MessageFilter;
import org.pfsyncd.text.MessageHead;
import org.pfsyncd.text.MessageJson;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.NameTable;

/**
 * Packets in a capture of our own writing, and beside each what {@code decode --json} says of it.
 */
final class DecodedPackets implements AutoCloseable {
    private static final int PFSYNC = 240;
    private static final byte[] SOURCE = {(byte) 192, 0, 2, 1};
    private static final byte[] GROUP = {(byte) 224, 0, 0, (byte) 240};

    private final StringBuilder lines = new StringBuilder();
    private final MessageJson printer =
            new MessageJson(lines, new NameTable(0xFFFE), MessageFilter.ALL);
    private final FrameWalker walker = new FrameWalker();
    private final MessageHead head = new MessageHead();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CaptureWriter writer;
    private final List<List<Map<String, Object>>> packets = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();

    DecodedPackets() throws IOException {
        writer = new CaptureWriter(bytes, LinkType.RAW_IP);
    }

    /** All pfsync packets of a capture. */
    void addCapture(Path pcap) throws IOException, CaptureException {
        try (CaptureReader reader = CaptureReader.open(pcap)) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                if (packet.protocol() == PFSYNC) {
                    add(packet);
                }
            }
        }
    }

    /** One IP payload. */
    void addFrame(byte[] frame) throws IOException {
        CapturedPacket packet = new CapturedPacket().addresses(SOURCE, GROUP);
        add(packet.protocol(PFSYNC).ttl(255).payload(new UnsafeBuffer(frame), 0, frame.length));
    }

    private void add(CapturedPacket packet) throws IOException {
        writer.write(packet);
        byte[] frame = new byte[packet.payload().capacity()];
        packet.payload().getBytes(0, frame);
        frames.add(frame);
        lines.setLength(0);
        printer.begin(
                head.reset(packet.timestampNs())
                        .addresses(packet.source(), packet.destination(), packet.addressLength())
                        .ttl(packet.ttl())
                        .payload(packet.payload()));
        walker.walk(
                packet.payload(),
                0,
                frame.length,
                FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                printer);
        printer.end();
        packets.add(lines.toString().lines().map(JsonTree::object).toList());
    }

    /** What we decode of each packet. */
    List<List<Map<String, Object>>> packets() {
        return packets;
    }

    /** The IP payloads. */
    List<byte[]> frames() {
        return frames;
    }

    /** The capture. */
    byte[] pcap() {
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
