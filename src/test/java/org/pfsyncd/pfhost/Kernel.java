package org.pfsyncd.pfhost;

import org.pfsyncd.wire.NameTable;

/** What all parts of a host share. */
record Kernel(HostClock clock, NameTable names, HostCounters counters) {}
