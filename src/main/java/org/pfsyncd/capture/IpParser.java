package org.pfsyncd.capture;

/** Reads an IPv4 or IPv6 header with all its options and extension headers. Stateless. */
final class IpParser {
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int FRAGMENT_LENGTH = 8;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MOBILITY = 135;

    private IpParser() {}

    static void parse(RawFrame frame, int at, CapturedPacket into) {
        into.kind(PacketKind.MALFORMED);
        if (frame.length <= at) {
            return;
        }
        int version = frame.u8(at) >> 4;
        if (version == 4 && frame.length - at >= IPV4_LENGTH) {
            parseIpv4(frame, at, into);
        } else if (version == 6 && frame.length - at >= IPV6_LENGTH) {
            parseIpv6(frame, at, into);
        }
    }

    private static void parseIpv4(RawFrame frame, int at, CapturedPacket into) {
        int headerLength = (frame.u8(at) & 0x0F) * 4;
        // Captured before segmentation by the card, a packet may say 0: then the frame counts.
        int total = frame.u16(at + 2) == 0 ? frame.length - at : frame.u16(at + 2);
        into.addresses(frame.bytes, at + 12, frame.bytes, at + 16, 4)
                .ttl(frame.u8(at + 8))
                .protocol(frame.u8(at + 9));
        if (headerLength < IPV4_LENGTH
                || headerLength > frame.length - at
                || total < headerLength) {
            return;
        }
        boolean isFragment = (frame.u16(at + 6) & 0x3FFF) != 0;
        finish(frame, at + headerLength, total - headerLength, isFragment, into);
    }

    private static void parseIpv6(RawFrame frame, int at, CapturedPacket into) {
        int end = at + IPV6_LENGTH + frame.u16(at + 4);
        into.addresses(frame.bytes, at + 8, frame.bytes, at + 24, 16).ttl(frame.u8(at + 7));
        int next = frame.u8(at + 6);
        int position = at + IPV6_LENGTH;
        boolean isFragment = false;
        while (isExtension(next) && !isFragment) {
            int available = Math.min(end, frame.length) - position;
            if (available < FRAGMENT_LENGTH) {
                into.protocol(next);
                return;
            }
            isFragment = next == FRAGMENT && (frame.u16(position + 2) & 0xFFF9) != 0;
            int length = extensionLength(next, frame.u8(position + 1));
            next = frame.u8(position);
            position += length;
        }
        into.protocol(next);
        if (position <= end && position <= frame.length) {
            finish(frame, position, end - position, isFragment, into);
        }
    }

    private static void finish(
            RawFrame frame, int at, int sentLength, boolean isFragment, CapturedPacket into) {
        int captured = frame.length - at;
        into.payload(frame.bytes, at, captured, sentLength);
        if (isFragment) {
            into.kind(PacketKind.FRAGMENT);
        } else {
            into.kind(captured < sentLength ? PacketKind.TRUNCATED : PacketKind.COMPLETE);
        }
    }

    private static boolean isExtension(int header) {
        return header == HOP_BY_HOP
                || header == ROUTING
                || header == FRAGMENT
                || header == AUTHENTICATION
                || header == DESTINATION_OPTIONS
                || header == MOBILITY;
    }

    private static int extensionLength(int header, int lengthByte) {
        if (header == FRAGMENT) {
            return FRAGMENT_LENGTH;
        }
        return header == AUTHENTICATION ? (lengthByte + 2) * 4 : (lengthByte + 1) * 8;
    }
}
