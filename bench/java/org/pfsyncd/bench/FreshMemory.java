package org.pfsyncd.bench;

import org.agrona.UnsafeApi;
import org.pfsyncd.agent.HugePages;

/**
 * How fast the machine hands out huge pages, as a table is made of, that nobody has touched for a
 * while, and such as were given back a moment ago. Where a host behind the machine takes free
 * memory away, the first is slow, and whatever fills a table or a journal waits for it: in no two
 * runs as long. Stateless.
 */
final class FreshMemory {
    private static final double LAZY = 2;

    /** {@link HugePages} brings in half of what is available at most, else nothing. */
    private static final long SPARED_PART = 3;

    /** Bytes a state: 490 of the table, the rest for the ring, the journal's pages and the heap. */
    private static final long NODE_BYTES = 1_000;

    /** What {@link #forNode} does, for readers of figures that it is done before. */
    static final String NOTE =
            "Before each run with states as much memory as a node takes was touched and given back,"
                    + " so that nobody waits for a host behind the machine.";

    private FreshMemory() {}

    /** One line about it; touches so many bytes twice, or what the machine can spare. */
    static String fact(long bytes) {
        long spared = spared(bytes);
        long firstNs = touchNs(spared);
        return fact(spared, firstNs, touchNs(spared));
    }

    static String fact(long bytes, long firstNs, long againNs) {
        String rates =
                Numbers.of((double) bytes / firstNs)
                        + " GB/s, "
                        + Numbers.of((double) bytes / againNs)
                        + " GB/s when just given back";
        return firstNs > LAZY * againNs
                ? rates + ": the host behind this machine hands it out as it is touched"
                : rates;
    }

    /**
     * So that no process that is measured next waits for a host behind the machine: as much as a
     * node with so many states takes, touched and given back.
     */
    static void forNode(long states) {
        touchNs(spared(states * NODE_BYTES));
    }

    private static long spared(long bytes) {
        return Math.min(bytes, Host.availableBytes() / SPARED_PART);
    }

    private static long touchNs(long bytes) {
        long address = UnsafeApi.allocateMemory(bytes);
        HugePages pages = new HugePages();
        try {
            long startNs = System.nanoTime();
            pages.onReserved(address, bytes);
            pages.await();
            return System.nanoTime() - startNs;
        } finally {
            pages.onRelease(address);
            UnsafeApi.freeMemory(address);
        }
    }
}
