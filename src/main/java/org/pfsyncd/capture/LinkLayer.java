package org.pfsyncd.capture;

/** Finds the IP packet behind a link header. Stateless. */
final class LinkLayer {
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86DD;
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int ETHERTYPE_QINQ = 0x88A8;
    private static final int ETHERTYPE_OLD_QINQ = 0x9100;
    private static final int PFSYNC_PROTOCOL = 240;

    private LinkLayer() {}

    static boolean isKnown(int linkType) {
        return switch (linkType) {
            case LinkType.NULL,
                    LinkType.LOOP,
                    LinkType.ETHERNET,
                    LinkType.LINUX_SLL,
                    LinkType.LINUX_SLL2,
                    LinkType.RAW_BSD,
                    LinkType.RAW_OPENBSD,
                    LinkType.RAW_IP,
                    LinkType.IPV4,
                    LinkType.IPV6,
                    LinkType.PFSYNC,
                    LinkType.PFSYNC_OPENBSD,
                    LinkType.PFSYNC_FREEBSD ->
                    true;
            default -> false;
        };
    }

    static void parse(RawFrame frame, CapturedPacket into) {
        into.reset(frame.timestampNs, PacketKind.OTHER);
        switch (frame.linkType) {
            case LinkType.ETHERNET -> parseEtherType(frame, 12, 14, into);
            case LinkType.LINUX_SLL -> parseEtherType(frame, 14, 16, into);
            case LinkType.LINUX_SLL2 -> parseEtherType(frame, 0, 20, into);
            case LinkType.NULL, LinkType.LOOP -> parseFamily(frame, into);
            case LinkType.PFSYNC, LinkType.PFSYNC_OPENBSD, LinkType.PFSYNC_FREEBSD ->
                    parsePfsync(frame, into);
            default -> IpParser.parse(frame, 0, into);
        }
    }

    /** What pfsync0 shows has no IP header, so no addresses and no TTL either. */
    private static void parsePfsync(RawFrame frame, CapturedPacket into) {
        boolean isCut = frame.length < frame.sentLength;
        into.kind(isCut ? PacketKind.TRUNCATED : PacketKind.COMPLETE)
                .protocol(PFSYNC_PROTOCOL)
                .payload(frame.bytes, 0, frame.length, frame.sentLength);
    }

    private static void parseEtherType(
            RawFrame frame, int typeAt, int headerLength, CapturedPacket into) {
        if (frame.length < headerLength) {
            return;
        }
        int type = frame.u16(typeAt);
        int at = headerLength;
        while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_OLD_QINQ) {
            if (frame.length - at < 4) {
                return;
            }
            type = frame.u16(at + 2);
            at += 4;
        }
        if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6) {
            IpParser.parse(frame, at, into);
        }
    }

    /** Four bytes of address family, in the byte order of whatever host wrote them. */
    private static void parseFamily(RawFrame frame, CapturedPacket into) {
        if (frame.length < 4) {
            return;
        }
        int family = Math.max(frame.u8(0), frame.u8(3));
        if (family == 2 || family == 10 || family == 24 || family == 28 || family == 30) {
            IpParser.parse(frame, 4, into);
        }
    }
}
