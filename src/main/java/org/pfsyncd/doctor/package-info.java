/**
 * Names what is wrong on a pfsync segment: packets and facts of the host in, findings out. {@link
 * org.pfsyncd.doctor.Diagnosis} and what it reads are pure, and time is an argument; {@link
 * org.pfsyncd.doctor.Listener} and {@link org.pfsyncd.doctor.HostProbe} look at the live machine.
 * Everything heard is hostile and all memory is bounded. Runs on the thread of the tool that uses
 * it, never in the daemon.
 */
package org.pfsyncd.doctor;
