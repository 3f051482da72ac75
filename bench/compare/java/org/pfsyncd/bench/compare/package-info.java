/**
 * What else carries states or messages between two machines, measured beside us: Aeron, conntrackd
 * and the bare socket. Child processes spin on threads of their own; the harness is one thread. No
 * part of the daemon.
 */
package org.pfsyncd.bench.compare;
