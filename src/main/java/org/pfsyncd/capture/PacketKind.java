package org.pfsyncd.capture;

/** How much of a captured packet can be believed. */
public enum PacketKind {
    /** The whole IP payload is there. */
    COMPLETE,
    /** The capture's snapshot length cut the packet: fewer bytes are there than were sent. */
    TRUNCATED,
    /** A part of a fragmented packet; not reassembled, so its payload is not a message. */
    FRAGMENT,
    /** An IP header that contradicts itself or is not all there. */
    MALFORMED,
    /** Not an IP packet. */
    OTHER
}
