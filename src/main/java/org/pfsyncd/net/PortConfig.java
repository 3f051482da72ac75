package org.pfsyncd.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
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
        return new SocketConfig(
                protocol,
                interfaceName,
                localAddress == null ? null : numeric(localAddress),
                numeric(destination),
                udpPort,
                receiveBufferBytes);
    }

    private static InetAddress numeric(String address) {
        if (!address.matches("[0-9.]+|[0-9a-fA-F:.]+(%.*)?")) {
            throw new PortException(address + " is not a numeric address");
        }
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new PortException(address + " is not an address", e);
        }
    }
}
