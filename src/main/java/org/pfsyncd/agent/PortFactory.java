package org.pfsyncd.agent;

import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.Port;
import org.pfsyncd.net.PortException;

/** Opens ports: the kernel's in the daemon, simulated ones in tests. */
@FunctionalInterface
public interface PortFactory {
    /** The port of a group; may throw {@link PortException}. */
    Port open(GroupConfig group);

    /** A carrier to other nodes; may throw {@link PortException}. */
    default PeerPort openPeer(PeerPortConfig carrier) {
        throw new PortException("no carrier to other nodes here: leave out [[peer]]");
    }
}
