package org.pfsyncd.doctor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The kernel's tables, as a Linux 6.18 prints them. */
class HostProbeTest {
    @Test
    void shouldReadErrorsAndDropsOfAnInterface() {
        List<String> lines =
                List.of(
                        "Inter-|   Receive                     |  Transmit",
                        " face |bytes packets errs drop fifo frame compressed multicast|bytes",
                        "    lo: 100 1 9 9 0 9 0 0 100 1 0 0 0 0 0 0",
                        " sync0:12345 17 1 2 0 3 0 5 999 9 0 0 0 0 0 0");
        assertArrayEquals(new long[] {4, 2}, HostProbe.interfaceCounts(lines, "sync0"));
        assertArrayEquals(new long[2], HostProbe.interfaceCounts(lines, "sync"));
    }

    @Test
    void shouldReadDropsOfPfsyncSocketsOnly() {
        List<String> lines =
                List.of(
                        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when"
                                + " retrnsmt   uid  timeout inode ref pointer drops",
                        "  240: 00000000:00F0 00000000:0000 07 00000000:00000000 00:00000000"
                                + " 00000000     0        0 4711 2 0000000000000000 17",
                        "    1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000"
                                + " 00000000     0        0 4712 2 0000000000000000 99");
        assertEquals(Map.of("4711", 17L), HostProbe.socketDrops(lines));
    }

    @Test
    void shouldFindTheGroupOnItsInterfaceOnly() {
        List<String> lines =
                List.of(
                        "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter",
                        "1\tlo        :     1      V3",
                        "\t\t\t\t010000E0     1 0:00000000\t\t0",
                        "2\tsync0     :     2      V3",
                        "\t\t\t\tF00000E0     1 0:00000000\t\t0",
                        "\t\t\t\t010000E0     1 0:00000000\t\t0");
        assertTrue(HostProbe.isMember(lines, "sync0"));
        assertFalse(HostProbe.isMember(lines, "lo"));
    }
}
