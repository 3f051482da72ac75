package org.pfsyncd.agent;

import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.net.Port;

/** Opens the port of a group: the kernel's in the daemon, a simulated one in tests. */
public interface PortFactory {
    /** May throw {@link org.pfsyncd.net.PortException}. */
    Port open(GroupConfig group);
}
