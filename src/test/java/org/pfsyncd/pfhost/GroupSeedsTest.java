package org.pfsyncd.pfhost;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whole groups of scripted firewalls under seeds, with and without a daemon: it does no harm
 * (invariant 10), and its mirror is their union (1 to 4). A failure names the seed.
 *
 * <p>Seed by seed a run with the daemon may not be worse than one without where chance decides
 * nothing; over all seeds it may not be worse by more than a twentieth.
 */
@Tag("system")
@Tag("computing")
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
            requireNotWorse(lab, count < 10 ? 1.3 : 1.05);
        }
    }

    /** In sum; a single run with loss says little. */
    private static void requireNotWorse(GroupLab lab, double factor) {
        GroupRun.Harm with = lab.with;
        GroupRun.Harm without = lab.without;
        boolean isNotWorse =
                with.broken <= without.broken * factor + 2
                        && with.blocked <= without.blocked * factor + 10
                        && with.demotedMs <= without.demotedMs * factor + 5_000
                        && with.missing + with.behind
                                <= (without.missing + without.behind) * factor + 5;
        assertTrue(isNotWorse, () -> "with " + with + "\nwithout " + without);
    }

    @Test
    void shouldDoNoHarmAsAListener() throws IOException {
        requireHarmless("listen", 1, 40, TROUBLED_S);
    }

    @Test
    void shouldDoNoHarmAsAMember() throws IOException {
        requireHarmless("member", 1001, 30, TROUBLED_S);
    }

    @Test
    void shouldDoNoHarmAsARelay() throws IOException {
        requireHarmless("relay", 2001, 30, TROUBLED_S);
    }

    /** A negative control: a member that is in a hurry does harm, and is found out. */
    @Test
    void shouldFindOutAMemberThatEndsEveryBulkUpdateAtOnce() throws IOException {
        try (GroupLab lab = new GroupLab()) {
            for (long seed = 1; seed <= 20; seed++) {
                lab.compare(new Scenario(seed, TROUBLED_S), GroupRun.PRETENDER);
            }
            System.out.println("pretender\n  without: " + lab.without + "\n  with: " + lab.with);
            assertFalse(lab.failures.isEmpty(), "worse where chance decides nothing");
        }
    }

    @Test
    void shouldDoNoHarmInAnHourOfActiveActiveTraffic() throws IOException {
        requireHarmless("member", 3001, 1, 3_600);
    }

    @Test
    @Tag("night")
    void shouldDoNoHarmInTenThousandSeeds() throws IOException {
        requireHarmless("listen", 100_001, 3_400, TROUBLED_S);
        requireHarmless("member", 200_001, 3_300, TROUBLED_S);
        requireHarmless("relay", 300_001, 3_300, TROUBLED_S);
    }
}
