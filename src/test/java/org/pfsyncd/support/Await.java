package org.pfsyncd.support;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what another process or thread does. Stateless. */
public final class Await {
    private Await() {}

    /** Asks every 10 ms until the condition holds; false if it does not within the limit. */
    public static boolean until(long limitMs, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            pause(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return true;
    }

    /** Lets others run for this long. */
    public static void pause(long ns) {
        try {
            new Semaphore(0).tryAcquire(ns, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
