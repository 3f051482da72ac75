package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@link AnnounceQueues}: its hash against ids that somebody chose. */
class AnnounceQueuesTest {
    private static final int STATES = 4_096;

    @Test
    void shouldSpreadPairsThatOnlyDifferTogether() {
        AnnounceQueues queues = new AnnounceQueues(STATES, 42);
        Set<Integer> homes = new HashSet<>();
        for (int i = 0; i < STATES; i++) {
            assertTrue(queues.add(AnnounceQueues.INS, (long) i << 32, i, 0) >= 0);
            homes.add(queues.hash((long) i << 32, i));
        }
        assertTrue(homes.size() > STATES / 2, homes.size() + " slots for " + STATES + " states");
        for (int i = 0; i < STATES; i++) {
            int entry = queues.find((long) i << 32, i);
            assertEquals(i, queues.creatorId(entry));
            queues.remove(entry);
        }
        assertEquals(0, queues.size());
    }

    @Test
    void shouldNotLetIdsOfOneSeedFallTogetherUnderAnother() {
        AnnounceQueues known = new AnnounceQueues(STATES, 1);
        AnnounceQueues secret = new AnnounceQueues(STATES, 2);
        Set<Integer> homes = new HashSet<>();
        int chosen = 0;
        for (long id = 0; chosen < 100 && id < 10_000_000; id++) {
            if (known.hash(id, 7) == 0) {
                chosen++;
                homes.add(secret.hash(id, 7));
            }
        }
        assertEquals(100, chosen);
        assertTrue(homes.size() > 90, homes.size() + " slots for 100 states");
    }
}
