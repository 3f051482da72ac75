package org.pfsyncd.cli;

import java.security.SecureRandom;
import org.pfsyncd.agent.BootClock;
import org.pfsyncd.agent.Surroundings;

/** The only place that reads the clocks of the machine. */
final class SystemClocks {
    private SystemClocks() {}

    static Surroundings surroundings() {
        return new Surroundings(
                System::nanoTime,
                System::currentTimeMillis,
                BootClock.ofMachine(),
                new SecureRandom().nextLong());
    }

    static long nowMs() {
        return System.currentTimeMillis();
    }

    static long nowNs() {
        return System.nanoTime();
    }
}
