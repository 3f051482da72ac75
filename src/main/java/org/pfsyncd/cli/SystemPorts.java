package org.pfsyncd.cli;

import org.pfsyncd.agent.PortFactory;
import org.pfsyncd.agent.Settings;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.Port;
import org.pfsyncd.net.SocketPeerPort;
import org.pfsyncd.net.SocketPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernel's ports; what is wrong with one that opens all the same is logged. */
final class SystemPorts implements PortFactory {
    private static final Logger LOGGER = LoggerFactory.getLogger(SystemPorts.class);

    @Override
    public Port open(GroupConfig group) {
        SocketPort port = SocketPort.open(Settings.port(group));
        if (port.bufferWarning() != null) {
            LOGGER.warn("group={} {}", group.name(), port.bufferWarning());
        }
        if (!port.isUp()) {
            LOGGER.warn(
                    "group={} interface={} is down or lacks its address action=retry-each-second",
                    group.name(),
                    group.syncdev());
        }
        return port;
    }

    @Override
    public PeerPort openPeer(PeerPortConfig carrier) {
        SocketPeerPort port = SocketPeerPort.open(carrier);
        if (!port.isUp()) {
            LOGGER.warn(
                    "carrier protocol={} udp_port={} interface={} cannot be opened yet"
                            + " action=retry-each-second",
                    carrier.protocol(),
                    carrier.udpPort(),
                    carrier.interfaceName());
        }
        return port;
    }
}
