package org.pfsyncd.bench;

import java.io.IOException;
import org.agrona.concurrent.status.CountersReader;
import org.pfsyncd.metrics.MetricsFile;

/** One counter of a running node, kept open: looking often costs the measured ones nothing. */
final class Gauge implements AutoCloseable {
    private static final int NONE = -1;

    private final MetricsFile file;
    private final int counter;

    /**
     * Opens it.
     *
     * @throws IOException if the node has no such counter.
     */
    @SuppressWarnings("MustBeClosedChecker")
    Gauge(NodeConfig node, String label) throws IOException {
        file = MetricsFile.open(node.runDir().resolve("counters"));
        int[] found = {NONE};
        file.reader()
                .forEach(
                        (id, name) -> {
                            if (name.equals(label)) {
                                found[0] = id;
                            }
                        });
        counter = found[0];
        if (counter == NONE) {
            file.close();
            throw new IOException("node " + node.name() + " has no counter " + label);
        }
    }

    long value() {
        CountersReader reader = file.reader();
        return reader.getCounterValue(counter);
    }

    @Override
    public void close() {
        file.close();
    }
}
