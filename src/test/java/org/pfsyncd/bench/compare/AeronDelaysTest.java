package org.pfsyncd.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.NetworkNamespaces;

/** The part of the comparison that has a library behind it still runs: a second of it. */
@Tag("privileged")
class AeronDelaysTest {
    private static final int BLOCK = 2_000;
    private static final long INTERVAL_NS = 100_000;

    @Test
    void shouldMeasureAeronBetweenTwoNamespaces() throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "pfsyncd-compare");
        try (NetworkNamespaces namespaces = NetworkNamespaces.create()) {
            Pair pair =
                    new Pair(
                            namespaces.nameA(),
                            namespaces.nameB(),
                            NetworkNamespaces.ADDRESS_A,
                            NetworkNamespaces.ADDRESS_B);
            SocketDelays delays = new SocketDelays(pair, directory, BLOCK, 1);
            check(delays.aeronOneWay(INTERVAL_NS)[0]);
            check(delays.aeronRoundTrip()[0]);
        } finally {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private static void check(Histogram delays) {
        assertEquals(BLOCK, delays.getTotalCount());
        assertTrue(delays.getMinValue() > 1_000, "a hop takes more than a microsecond");
    }
}
