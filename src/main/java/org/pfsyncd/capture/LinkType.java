package org.pfsyncd.capture;

/** Link types of capture files that can carry pfsync (spec pfsync.md section 1.11). */
public final class LinkType {
    public static final int NULL = 0;
    public static final int ETHERNET = 1;
    public static final int RAW_BSD = 12;
    public static final int RAW_OPENBSD = 14;

    /** OpenBSD's, NetBSD's and DragonFly's own number for a capture on pfsync0. */
    public static final int PFSYNC_OPENBSD = 18;

    public static final int RAW_IP = 101;
    public static final int LOOP = 108;
    public static final int LINUX_SLL = 113;

    /** FreeBSD's own number for a capture on pfsync0. */
    public static final int PFSYNC_FREEBSD = 121;

    public static final int IPV4 = 228;
    public static final int IPV6 = 229;

    /** A capture on pfsync0: each frame starts at the pfsync header, there is no IP header. */
    public static final int PFSYNC = 246;

    public static final int LINUX_SLL2 = 276;

    private LinkType() {}
}
