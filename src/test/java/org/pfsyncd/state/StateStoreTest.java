package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pfsyncd.wire.StateRecord;

class StateStoreTest {
    /** Nobody is stopped from choosing ids that fall into one segment: no room, no exception. */
    @Test
    void shouldRefuseWhenTheMapItselfIsFullAndStayUsable() {
        try (StateStore store = new StateStore(1, TableMemory.AS_TOUCHED)) {
            int held = 0;
            while (held < 100_000 && store.put(TestStates.tcp(held))) {
                held++;
            }
            assertTrue(held >= 1_000 && held < 100_000, "held " + held);
            assertFalse(store.put(TestStates.tcp(held)));
            StateRecord first = TestStates.tcp(0);
            assertNotNull(store.get(first.realm(), first.id(), first.creatorId()));
            store.remove(first);
            assertNull(store.get(first.realm(), first.id(), first.creatorId()));
            assertTrue(store.put(first));
        }
    }

    @Test
    void shouldKeepTwoStatesInViewAndChangeThemInPlace() {
        try (StateStore store = new StateStore(10, TableMemory.AS_TOUCHED)) {
            store.put(TestStates.tcp(1));
            store.put(TestStates.tcp(2));
            StateRecord key1 = TestStates.tcp(1);
            StateRecord key2 = TestStates.tcp(2);
            StateRecord one = store.get(key1.realm(), key1.id(), key1.creatorId());
            StateRecord two = store.getOther(key2.realm(), key2.id(), key2.creatorId());
            one.tag(77);
            two.tag(88);
            assertEquals(77, store.get(key1.realm(), key1.id(), key1.creatorId()).tag());
            assertEquals(88, store.get(key2.realm(), key2.id(), key2.creatorId()).tag());
        }
    }

    @Test
    void shouldFindTheClassThatTheBuildMadeInsteadOfCompilingItAtEachStart() {
        String name = "/net/openhft/chronicle/hash/VanillaGlobalMutableState$$Native.class";
        assertNotNull(
                StateStore.class.getResource(name), "src/build/ValueClasses.java did not run");
    }
}
