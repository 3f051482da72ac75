package org.pfsyncd.cli;

import org.pfsyncd.agent.DaemonClocks;

/** The only place that reads the clocks of the machine. */
final class SystemClocks {
    private SystemClocks() {}

    static DaemonClocks clocks() {
        return new DaemonClocks(System::nanoTime, System::currentTimeMillis);
    }

    static long nowMs() {
        return System.currentTimeMillis();
    }

    static long nowNs() {
        return System.nanoTime();
    }
}
