package org.pfsyncd.net;

import org.agrona.DirectBuffer;

/** Takes packets of a {@link PacketPort}, valid during the call. */
@FunctionalInterface
public interface PacketHandler {
    /** A packet from its network header (IP or ARP) on. */
    void onPacket(DirectBuffer buffer, int offset, int length, PacketInfo info);
}
