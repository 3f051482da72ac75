package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Room for positions; state.md 9.8. */
class KnowledgeTest {
    private final Knowledge knowledge = new Knowledge();

    @Test
    void shouldForgetTheNodeThatWasQuietForLongest() {
        for (long id = 1; id <= Knowledge.NODES_LIMIT; id++) {
            knowledge.advance(id, 1, 5);
        }
        assertEquals(0, knowledge.forgotten());
        knowledge.advance(1, 1, 6);
        knowledge.advance(2, 1, 5);
        knowledge.advance(100, 1, 1);
        assertTrue(knowledge.covers(100, 1, 1));
        assertTrue(knowledge.covers(1, 1, 6), "it has moved since");
        assertFalse(knowledge.covers(2, 1, 1), "a position that is no news moves nothing");
        assertEquals(Knowledge.NODES_LIMIT, knowledge.size());
        assertEquals(1, knowledge.forgotten());
    }

    @Test
    void shouldForgetNoPeer() {
        knowledge.keep(0, 7);
        knowledge.keep(1, 8);
        knowledge.advance(7, 1, 5);
        knowledge.advance(8, 1, 5);
        for (long id = 100; id < 1_000; id++) {
            knowledge.advance(id, 1, 1);
        }
        assertTrue(knowledge.covers(7, 1, 5));
        assertTrue(knowledge.covers(8, 1, 5));
        knowledge.keep(1, 9);
        for (long id = 1_000; id < 2_000; id++) {
            knowledge.advance(id, 1, 1);
        }
        assertTrue(knowledge.covers(7, 1, 5));
        assertFalse(knowledge.covers(8, 1, 5), "another node has taken its place");
    }
}
