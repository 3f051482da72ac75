package org.pfsyncd.pfhost;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What {@link GroupSeedsTest} does, for thousands of seeds; the role of a seed is {@link #ROLES}
 * modulo 3. {@code -Dpfsyncd.group-seeds=FIRST-LAST} chooses the seeds, so that a night can be run
 * in parts and a failing seed alone. Each failure is printed at once.
 */
@Tag("night")
class GroupNightTest {
    private static final String SEEDS = System.getProperty("pfsyncd.group-seeds", "1-10000");
    private static final String[] ROLES = {"listen", "member", "relay"};
    private static final int PROGRESS = 50;

    /** With fewer seeds of a role than this, sums say nothing. */
    private static final int ENOUGH = 30;

    @Test
    void shouldDoNoHarmInTenThousandSeeds() throws IOException {
        long first = Long.parseLong(SEEDS.substring(0, SEEDS.indexOf('-')));
        long last = Long.parseLong(SEEDS.substring(SEEDS.indexOf('-') + 1));
        assertTrue(0 < first && first <= last, "pfsyncd.group-seeds is FIRST-LAST: " + SEEDS);
        try (GroupLab listen = new GroupLab();
                GroupLab member = new GroupLab();
                GroupLab relay = new GroupLab()) {
            GroupLab[] labs = {listen, member, relay};
            run(labs, first, last);
            int failures = 0;
            for (int i = 0; i < labs.length; i++) {
                System.out.println(ROLES[i] + "\n  without: " + labs[i].without);
                System.out.println("  with:    " + labs[i].with);
                failures += labs[i].failures.size();
            }
            assertTrue(failures == 0, failures + " failures, printed above");
            for (GroupLab lab : labs) {
                if (last - first + 1 >= (long) ENOUGH * labs.length) {
                    GroupSeedsTest.requireNotWorse(lab);
                }
            }
        }
    }

    private static void run(GroupLab[] labs, long first, long last) {
        long startNs = System.nanoTime();
        for (long seed = first; seed <= last; seed++) {
            int role = (int) (seed % ROLES.length);
            GroupLab lab = labs[role];
            int before = lab.failures.size();
            lab.compare(new Scenario(seed, GroupSeedsTest.TROUBLED_S), ROLES[role]);
            for (String failure : lab.failures.subList(before, lab.failures.size())) {
                System.out.println("FAILED role " + ROLES[role] + " " + failure);
            }
            long done = seed - first + 1;
            if (done % PROGRESS == 0 || seed == last) {
                double seconds = (System.nanoTime() - startNs) / 1e9;
                System.out.printf(
                        Locale.ROOT,
                        "group seeds %d to %d done, %.2f a second%n",
                        first,
                        seed,
                        done / seconds);
            }
        }
    }
}
