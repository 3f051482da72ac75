package org.pfsyncd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long the busiest threads of some processes were ready to run and had no core, because the
 * kernel or somebody else had it: what no program can do anything about. Owned by the benchmark's
 * thread.
 */
final class CoreWaits {
    private static final double MS_PER_S = 1_000.0;

    private final List<Child> children;
    private final List<Long> before = new ArrayList<>();
    private long beganNs;
    private long waitedNs;
    private long lastedNs;

    CoreWaits(Child... children) {
        this.children = List.of(children);
    }

    /** A block begins. */
    void begin() throws IOException {
        before.clear();
        for (Child child : children) {
            before.add(child.coreWaitNs());
        }
        beganNs = System.nanoTime();
    }

    /** The block is over. */
    void end() throws IOException {
        lastedNs += System.nanoTime() - beganNs;
        for (int i = 0; i < children.size(); i++) {
            waitedNs += Math.max(0, children.get(i).coreWaitNs() - before.get(i));
        }
    }

    /** Milliseconds in each second, of all the processes together. */
    String text() {
        double share = lastedNs == 0 ? 0 : MS_PER_S * waitedNs / lastedNs;
        return String.format(Locale.ROOT, "%.1f ms", share);
    }
}
