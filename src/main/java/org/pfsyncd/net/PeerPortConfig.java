package org.pfsyncd.net;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * How a peer port is opened.
 *
 * @param protocol IP protocol number, 1 to 255; 0 for UDP.
 * @param udpPort both ends' port if {@code protocol} is 0.
 * @param localAddress numeric address to bind to, or null for any.
 * @param interfaceName it is bound to, or null: routing decides.
 * @param mtu largest IP packet, bytes; 0 stands for the interface's, 1,500 without one.
 * @param family 4 or 6.
 * @param receiveBufferBytes asked of the kernel.
 */
public record PeerPortConfig(
        int protocol,
        int udpPort,
        String localAddress,
        String interfaceName,
        int mtu,
        int family,
        int receiveBufferBytes) {
    private static final int PROTOCOL_LIMIT = 255;
    private static final int PORT_LIMIT = 65_535;

    /** The least that IPv4 hosts must take, RFC 791. */
    private static final int MTU_LEAST = 576;

    private static final int MTU_LIMIT = 65_535;

    public PeerPortConfig {
        if (family != 4 && family != 6) {
            throw new PortException("address family is " + family + ": give 4 or 6");
        }
        if (protocol < 0 || protocol > PROTOCOL_LIMIT) {
            throw new PortException("IP protocol is " + protocol + ": give 1 to 255, or 0 for UDP");
        }
        if (protocol == 0 && (udpPort < 1 || udpPort > PORT_LIMIT)) {
            throw new PortException("UDP port is " + udpPort + ": give 1 to 65535");
        }
        if (mtu != 0 && (mtu < MTU_LEAST || mtu > MTU_LIMIT)) {
            throw new PortException(
                    "MTU is " + mtu + ": give 576 to 65535 bytes, or 0 for the interface's");
        }
    }

    /** The local address, or null. */
    InetAddress local() {
        return localAddress == null ? null : address(localAddress);
    }

    /**
     * A numeric address of this port's family.
     *
     * @throws PortException if it is not one.
     */
    InetAddress address(String numeric) {
        InetAddress address = PortConfig.numeric(numeric);
        if ((address instanceof Inet4Address) != (family == 4)) {
            throw new PortException(
                    numeric
                            + " is not an IPv"
                            + family
                            + " address: give one, or change the family");
        }
        return address;
    }
}
