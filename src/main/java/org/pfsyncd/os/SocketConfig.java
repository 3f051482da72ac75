package org.pfsyncd.os;

import java.net.InetAddress;

/**
 * How a datagram socket is opened.
 *
 * @param protocol IP protocol of a raw socket, 0 for UDP.
 * @param interfaceName it is bound to.
 * @param local address to bind to, or null.
 * @param destination where frames go; a multicast address is joined too.
 * @param port UDP port on both ends, 0 for raw.
 * @param receiveBufferBytes asked for.
 */
public record SocketConfig(
        int protocol,
        String interfaceName,
        InetAddress local,
        InetAddress destination,
        int port,
        int receiveBufferBytes) {}
