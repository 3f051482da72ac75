package org.pfsyncd.net;

import java.net.InetAddress;
import org.pfsyncd.os.SocketConfig;

/**
 * How a port is opened.
 *
 * @param protocol IP protocol number; 0 for UDP.
 * @param interfaceName it is bound to.
 * @param destination numeric address that frames go to; a multicast group is joined.
 * @param localAddress numeric address to bind to, or null.
 * @param udpPort both ends' port if {@code protocol} is 0.
 * @param receiveBufferBytes asked of the kernel.
 */
public record PortConfig(
        int protocol,
        String interfaceName,
        String destination,
        String localAddress,
        int udpPort,
        int receiveBufferBytes) {
    /** IP protocol of pfsync. */
    public static final int PFSYNC = 240;

    /** The group that pfsync uses where no peer is configured. */
    public static final String PFSYNC_GROUP = "224.0.0.240";

    /** Bridges a stall of a quarter of a second at full rate (spec chronicle.md section 9). */
    public static final int RECEIVE_BUFFER_BYTES = 32 * 1024 * 1024;

    /** A raw pfsync port. */
    public static PortConfig pfsync(String interfaceName, String destination, String localAddress) {
        return new PortConfig(
                PFSYNC, interfaceName, destination, localAddress, 0, RECEIVE_BUFFER_BYTES);
    }

    SocketConfig socket() {
        InetAddress to = numeric(destination);
        InetAddress local = localAddress == null ? null : numeric(localAddress);
        if (local != null && local.getAddress().length != to.getAddress().length) {
            throw new PortException(
                    "local address "
                            + localAddress
                            + " and destination "
                            + destination
                            + " are of different families: give both as IPv4 or both as IPv6");
        }
        return new SocketConfig(protocol, interfaceName, local, to, udpPort, receiveBufferBytes);
    }

    /** Never asks a name server: a daemon that is to start first must not wait for one. */
    static InetAddress numeric(String address) {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new PortException(
                    address + " is not a numeric address: give one such as 10.0.0.2 or ff12::f0",
                    e);
        }
    }
}
