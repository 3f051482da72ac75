package org.pfsyncd.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Tells when processes that share their cores with their own compiler have become what they stay: a
 * compiler that works takes turns of 12 to 20 ms from the thread that is measured. Owned by the
 * benchmark's thread.
 */
final class WarmUp {
    /**
     * Compiler time in a block, of its length, below which it counts as quiet: two nodes that lose
     * more of their two cores to it have it in their 99th percentile.
     */
    private static final double QUIET_SHARE = 0.005;

    private static final int QUIET_BLOCKS = 10;

    private final List<Child> children;
    private final long startNs;
    private long beforeNs;
    private long beganNs;
    private int quiet;
    private double share;

    WarmUp(List<Child> children) {
        this.children = children;
        startNs = System.nanoTime();
    }

    /** A block begins. */
    void begin() throws IOException {
        beforeNs = compilerNs();
        beganNs = System.nanoTime();
    }

    /** The block is over. */
    void end() throws IOException {
        share = (double) (compilerNs() - beforeNs) / (System.nanoTime() - beganNs);
        quiet = share < QUIET_SHARE ? quiet + 1 : 0;
    }

    /** Whether the compilers had next to nothing to do in some blocks, one after the other. */
    boolean isOver() {
        return quiet >= QUIET_BLOCKS;
    }

    /** How it went. */
    String text() {
        return String.format(
                Locale.ROOT,
                "warmed up for %.0f s, then the compilers took %.1f %% of a core",
                (System.nanoTime() - startNs) / 1e9,
                100 * share);
    }

    private long compilerNs() throws IOException {
        long ns = 0;
        for (Child child : children) {
            ns += child.compilerNs();
        }
        return ns;
    }
}
