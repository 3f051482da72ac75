package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Names found by what two nodes have in common. */
class NameTableTest {
    @Test
    void shouldFindEveryNameByItsHash() {
        NameTable names = new NameTable();
        for (int i = 0; i < NameTable.DEFAULT_CAPACITY; i++) {
            names.intern("name-" + i);
        }
        for (int id = 0; id < names.size(); id++) {
            assertEquals(id, names.idOfHash(names.hash(id)));
        }
        NameTable other = new NameTable();
        assertEquals(NameTable.UNKNOWN, names.idOfHash(other.hash(other.intern("elsewhere"))));
        assertEquals(NameTable.UNKNOWN, other.idOfHash(names.hash(1)));
        assertEquals(NameTable.UNKNOWN, other.idOfHash(0));
    }
}
