package org.pfsyncd.capture;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes packets as classic pcap with nanoseconds, big-endian, link type raw IP or Ethernet, which
 * tcpdump and Wireshark read. IPv4 headers are those of pfsync senders: TOS 0x10, DF, no options.
 * Owned by the thread that writes.
 */
public final class CaptureWriter implements Closeable {
    private static final int HEADER_LENGTH = 24;
    private static final int RECORD_LENGTH = 16;
    private static final int ETHERNET_LENGTH = 14;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int IP_LENGTH_LIMIT = 65_535;

    private final OutputStream out;
    private final int linkType;
    private final byte[] bytes =
            new byte[RECORD_LENGTH + ETHERNET_LENGTH + IPV6_LENGTH + IP_LENGTH_LIMIT];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);

    /**
     * Writes the file header.
     *
     * @param linkType {@link LinkType#RAW_IP} or {@link LinkType#ETHERNET}.
     */
    public CaptureWriter(OutputStream out, int linkType) throws IOException {
        if (linkType != LinkType.RAW_IP && linkType != LinkType.ETHERNET) {
            throw new IllegalArgumentException(
                    "link type " + linkType + " is neither 101 (raw IP) nor 1 (Ethernet)");
        }
        this.out = out;
        this.linkType = linkType;
        buffer.putInt(0, ClassicFormat.MAGIC_NANOS, BIG_ENDIAN);
        buffer.putShort(4, (short) 2, BIG_ENDIAN);
        buffer.putShort(6, (short) 4, BIG_ENDIAN);
        buffer.putLong(8, 0);
        buffer.putInt(16, RawFrame.LIMIT, BIG_ENDIAN);
        buffer.putInt(20, linkType, BIG_ENDIAN);
        out.write(bytes, 0, HEADER_LENGTH);
    }

    /** Appends one packet; it must have addresses, a TTL and a protocol. */
    public void write(CapturedPacket packet) throws IOException {
        int payloadLength = packet.payload().capacity();
        boolean isIpv4 = packet.addressLength() == 4;
        int ipLength = isIpv4 ? IPV4_LENGTH : IPV6_LENGTH;
        if (packet.addressLength() == 0 || payloadLength + ipLength > IP_LENGTH_LIMIT) {
            throw new IllegalArgumentException(
                    "payload of "
                            + payloadLength
                            + " bytes, addresses of "
                            + packet.addressLength());
        }
        int at = RECORD_LENGTH;
        if (linkType == LinkType.ETHERNET) {
            buffer.setMemory(at, ETHERNET_LENGTH, (byte) 0);
            buffer.putShort(at + 12, (short) (isIpv4 ? 0x0800 : 0x86DD), BIG_ENDIAN);
            at += ETHERNET_LENGTH;
        }
        if (isIpv4) {
            putIpv4(at, packet, payloadLength);
        } else {
            putIpv6(at, packet, payloadLength);
        }
        at += ipLength;
        buffer.putBytes(at, packet.payload(), 0, payloadLength);
        int length = at + payloadLength;
        buffer.putInt(0, (int) Math.floorDiv(packet.timestampNs(), 1_000_000_000L), BIG_ENDIAN);
        buffer.putInt(4, (int) Math.floorMod(packet.timestampNs(), 1_000_000_000L), BIG_ENDIAN);
        buffer.putInt(8, length - RECORD_LENGTH, BIG_ENDIAN);
        buffer.putInt(12, length - RECORD_LENGTH, BIG_ENDIAN);
        out.write(bytes, 0, length);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private void putIpv4(int at, CapturedPacket packet, int payloadLength) {
        buffer.putByte(at, (byte) 0x45);
        buffer.putByte(at + 1, (byte) 0x10);
        buffer.putShort(at + 2, (short) (IPV4_LENGTH + payloadLength), BIG_ENDIAN);
        buffer.putInt(at + 4, 0x4000, BIG_ENDIAN);
        buffer.putByte(at + 8, (byte) packet.ttl());
        buffer.putByte(at + 9, (byte) packet.protocol());
        buffer.putShort(at + 10, (short) 0, BIG_ENDIAN);
        buffer.putBytes(at + 12, packet.source(), 0, 4);
        buffer.putBytes(at + 16, packet.destination(), 0, 4);
        int sum = 0;
        for (int i = 0; i < IPV4_LENGTH; i += 2) {
            sum += buffer.getShort(at + i, BIG_ENDIAN) & 0xFFFF;
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        buffer.putShort(at + 10, (short) ~sum, BIG_ENDIAN);
    }

    private void putIpv6(int at, CapturedPacket packet, int payloadLength) {
        buffer.putInt(at, 0x61000000, BIG_ENDIAN);
        buffer.putShort(at + 4, (short) payloadLength, BIG_ENDIAN);
        buffer.putByte(at + 6, (byte) packet.protocol());
        buffer.putByte(at + 7, (byte) packet.ttl());
        buffer.putBytes(at + 8, packet.source(), 0, 16);
        buffer.putBytes(at + 24, packet.destination(), 0, 16);
    }
}
