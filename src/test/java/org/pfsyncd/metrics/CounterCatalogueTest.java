package org.pfsyncd.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The catalogue as its readers rely on it: scripts by name, the counters file by position. */
class CounterCatalogueTest {
    private static Stream<CounterId> all() {
        return Stream.of(CounterScope.values()).flatMap(scope -> scope.counters().stream());
    }

    /** {@code stats --json} puts the counters of all scopes into one object. */
    @Test
    void shouldUseEachNameOnceOverAllScopes() {
        Set<String> labels = new HashSet<>();
        all().forEach(id -> assertTrue(labels.add(id.label()), id.label()));
    }

    @Test
    void shouldSayWhatEachCounterMeansInOneSentenceOfALine() {
        all().forEach(
                        id -> {
                            assertTrue(id.label().matches("[A-Za-z0-9.-]{4,48}"), id.label());
                            assertFalse(id.meaning().isBlank(), id.label());
                            assertFalse(id.meaning().endsWith("."), id.label());
                            assertFalse(id.meaning().contains("\n"), id.label());
                        });
    }

    /** Scripts for netstat know these 16, in this order, before everything else. */
    @Test
    void shouldBeginWithTheCountersOfNetstat() {
        assertEquals("received-inet-packets", CounterScope.GROUP.counters().get(0).label());
        assertEquals("send-errors", CounterScope.GROUP.counters().get(15).label());
    }

    @Test
    void shouldHaveAnInputAndAnOutputCounterForEachActionInTheirOrder() {
        for (int action = 0; action <= 16; action++) {
            assertEquals("IACTS_" + action, GroupCounter.input(action).name());
            assertEquals("OACTS_" + action, GroupCounter.output(action).name());
        }
    }

    @Test
    void shouldCountEachCounterOfEachSetByItself() {
        Counters counters = Counters.inMemory();
        CounterSet<NodeCounter> node = counters.node();
        CounterSet<GroupCounter> one = counters.group("one");
        CounterSet<GroupCounter> two = counters.group("two");
        CounterSet<PeerCounter> peer = counters.peer("fw2");
        long[] value = new long[1];
        Stream.of(NodeCounter.values()).forEach(id -> node.set(id, ++value[0]));
        Stream.of(GroupCounter.values()).forEach(id -> one.set(id, ++value[0]));
        Stream.of(GroupCounter.values()).forEach(id -> two.set(id, ++value[0]));
        Stream.of(PeerCounter.values()).forEach(id -> peer.set(id, ++value[0]));
        value[0] = 0;
        Stream.of(NodeCounter.values()).forEach(id -> assertEquals(++value[0], node.get(id)));
        Stream.of(GroupCounter.values()).forEach(id -> assertEquals(++value[0], one.get(id)));
        Stream.of(GroupCounter.values()).forEach(id -> assertEquals(++value[0], two.get(id)));
        Stream.of(PeerCounter.values()).forEach(id -> assertEquals(++value[0], peer.get(id)));
    }

    /** As many as a configuration may have. */
    @Test
    void shouldHaveRoomForThirtyOneGroupsAndSixtyFourPeers() {
        Counters counters = Counters.inMemory();
        counters.node();
        for (int i = 0; i < 31; i++) {
            counters.group("g" + i);
        }
        for (int i = 0; i < 64; i++) {
            counters.peer("p" + i);
        }
        assertEquals(0, counters.peer("last").get(PeerCounter.LINK_FRAMES));
    }
}
