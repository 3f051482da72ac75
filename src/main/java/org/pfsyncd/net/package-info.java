/**
 * Ports: raw sockets, the carrier between nodes, and the simulated network that stands in for them.
 * A port belongs to the thread that polls it, each lane of a peer port to the one that sends on it.
 */
package org.pfsyncd.net;
