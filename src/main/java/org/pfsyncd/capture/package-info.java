/**
 * Capture files: pcap and pcapng in, pcap out. Everything read is hostile: every length is checked
 * and memory is bounded. Used by tools and tests on their own thread, never by the daemon's agents.
 */
package org.pfsyncd.capture;
