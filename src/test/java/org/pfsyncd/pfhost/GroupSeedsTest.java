package org.pfsyncd.pfhost;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whole groups of scripted firewalls under seeds, with and without a daemon: it does no harm
 * (invariant 10), and its mirror is their union (1 to 4). A failure names the seed.
 */
@Tag("system")
class GroupSeedsTest {
    private static final int TROUBLED_S = 35;

    static void requireHarmless(String role, long first, int count, int troubledS)
            throws IOException {
        try (GroupLab lab = new GroupLab()) {
            for (long seed = first; seed < first + count; seed++) {
                lab.compare(new Scenario(seed, troubledS), role);
            }
            System.out.println("role " + role + " seeds " + first + " to " + (first + count - 1));
            System.out.println("  without: " + lab.without);
            System.out.println("  with:    " + lab.with);
            assertTrue(
                    lab.failures.isEmpty(),
                    () ->
                            lab.failures.size()
                                    + " failures\n"
                                    + String.join(
                                            "\n",
                                            lab.failures.subList(
                                                    0, Math.min(10, lab.failures.size()))));
            assertTrue(
                    lab.with.broken <= lab.without.broken * 1.05 + 2
                            && lab.with.blocked <= lab.without.blocked * 1.05 + 10
                            && lab.with.demotedMs <= lab.without.demotedMs * 1.05 + 5_000,
                    () -> "with " + lab.with + " without " + lab.without);
        }
    }

    @Test
    void shouldDoNoHarmAsAListenerInAHundredSeeds() throws IOException {
        requireHarmless("listen", 1, Integer.getInteger("seeds", 100), TROUBLED_S);
    }

    @Test
    void shouldDoNoHarmAsAMember() throws IOException {
        requireHarmless("member", 1001, Integer.getInteger("seeds", 30), TROUBLED_S);
    }

    @Test
    void shouldDoNoHarmAsARelay() throws IOException {
        requireHarmless("relay", 2001, Integer.getInteger("seeds", 30), TROUBLED_S);
    }
}
