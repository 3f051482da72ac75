/**
 * Ports: raw sockets and the simulated network that stands in for them. A port belongs to the
 * thread that polls it.
 */
package org.pfsyncd.net;
