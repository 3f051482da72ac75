package org.pfsyncd.agent;

import org.pfsyncd.group.PfsyncGroup;
import org.pfsyncd.net.Port;

/**
 * A running group with what belongs to it.
 *
 * @param group its rules.
 * @param port its sockets.
 * @param nameId its name in journal documents.
 * @param interfaceName syncdev.
 * @param role on the segment.
 * @param realm name id of the realm its states are of.
 */
record GroupRuntime(PfsyncGroup group, Port port, int nameId, String interfaceName, String role, int realm) {}
