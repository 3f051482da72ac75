package org.pfsyncd.config;

/**
 * One {@code [[peer]]} table: another pfsyncd node.
 *
 * @param name the other node's {@code node.name}.
 * @param address numeric unicast address of the peer.
 * @param carrier {@code raw} or {@code udp}.
 * @param protocol IP protocol number of both ends if the carrier is raw, 1 to 254.
 * @param udpPort of both ends if the carrier is UDP, 1024 to 65535.
 * @param localAddress numeric address to bind to, of the family of {@code address}, or null.
 * @param interfaceName interface to send through and listen on, or null: routing decides.
 * @param mtu longest IP packet, bytes; 0 the interface's, or {@link #DEFAULT_MTU} without one.
 * @param mode {@code both}, or {@code receive}: nothing of our own journal is sent to this peer.
 * @param bytesPerSecond most bytes sent a second, 0 unlimited.
 * @param windowBytes most bytes in flight and kept to send again, a power of two.
 */
public record PeerConfig(
        String name,
        String address,
        String carrier,
        int protocol,
        int udpPort,
        String localAddress,
        String interfaceName,
        int mtu,
        String mode,
        long bytesPerSecond,
        int windowBytes) {
    /** What {@code mtu = 0} means where no interface is named, bytes. */
    public static final int DEFAULT_MTU = 1500;

    public boolean isRaw() {
        return carrier.equals("raw");
    }

    /** Whether nothing of our own journal is sent to this peer. */
    public boolean isReceiveOnly() {
        return mode.equals("receive");
    }

    /** {@code raw 253} or {@code udp 4240}. */
    public String endpoint() {
        return isRaw() ? "raw " + protocol : "udp " + udpPort;
    }
}
