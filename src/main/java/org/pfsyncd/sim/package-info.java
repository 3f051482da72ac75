/**
 * Deterministic simulation: whole daemons in one thread with virtual time, a seeded network, seeded
 * disks, kills and firewalls, and checks of the ten invariants. One thread owns a simulation and
 * everything in it.
 */
package org.pfsyncd.sim;
