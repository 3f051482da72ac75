package org.pfsyncd.link;

/**
 * What the configuration says of a peer.
 *
 * @param name its node name.
 * @param address numeric.
 * @param carrier for people, such as {@code raw 253}.
 * @param windowBytes most bytes on their way to this node, a power of two.
 * @param isReceiveOnly whether this node ships nothing of its journal to it.
 */
public record PeerSettings(
        String name, String address, String carrier, int windowBytes, boolean isReceiveOnly) {}
