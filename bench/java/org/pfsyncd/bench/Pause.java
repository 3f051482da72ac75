package org.pfsyncd.bench;

/** A benchmark's own waiting, beside the processes it measures. */
final class Pause {
    private Pause() {}

    static void ms(long ms) {
        java.util.concurrent.locks.LockSupport.parkNanos(ms * 1_000_000);
    }
}
