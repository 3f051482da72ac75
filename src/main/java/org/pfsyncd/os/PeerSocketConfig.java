package org.pfsyncd.os;

import java.net.InetAddress;

/**
 * How a socket that speaks with many addresses is opened.
 *
 * @param protocol IP protocol of a raw socket, 0 for UDP.
 * @param isV4 the family of every address.
 * @param interfaceName it is bound to, or null.
 * @param local address to bind to, or null for any.
 * @param port UDP port on both ends, 0 for raw.
 * @param receiveBufferBytes asked for.
 * @param isOffloading whether the kernel may cut and join UDP datagrams, if it can.
 */
public record PeerSocketConfig(
        int protocol,
        boolean isV4,
        String interfaceName,
        InetAddress local,
        int port,
        int receiveBufferBytes,
        boolean isOffloading) {}
