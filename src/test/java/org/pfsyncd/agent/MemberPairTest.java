package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.SimFaults;
import org.pfsyncd.support.RecordComparison;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * One daemon holds a table, another that starts later asks for it. Digests cover the instant of
 * last activity, which pfsync does not carry, so states are compared field for field, times within
 * the wire's second.
 */
@Tag("system")
@Tag("apart")
class MemberPairTest {
    private static final int STATES = 2_000;

    @TempDir Path root;

    private StateRecord state(MemberSegment segment, Dialect dialect, int i) {
        StateRecord state =
                new StateRecords(segment.names, segment.wallMs)
                        .tcp(i, MemberSegment.CREATOR)
                        .wire("10.1." + (i >> 8) + "." + (i & 0xFF) + ":1000", "10.2.0.10:80")
                        .ifname("em" + i % 7)
                        .record();
        state.src().seqlo(i * 1_000L).seqhi(i * 1_000L + 100);
        return state.dialect(dialect.ordinal()).packets0(i).bytes1(7L * i);
    }

    private MemberSegment.Node filledMember(MemberSegment segment, Dialect dialect)
            throws IOException {
        MemberSegment.Node member = segment.start("a", 1, "member");
        segment.prove(member);
        for (int i = 1; i <= STATES; i++) {
            segment.say(segment.frame().insert(state(segment, dialect, i)));
            if (i % 50 == 0) {
                segment.run(1);
            }
        }
        segment.run(5);
        assertEquals(STATES, member.table().size());
        return member;
    }

    private static void assertEqualTables(
            MemberSegment.Node expected, MemberSegment.Node actual, long toleranceMs) {
        Map<Long, StateRecord> held = expected.states();
        Map<Long, StateRecord> got = actual.states();
        assertEquals(held.keySet(), got.keySet());
        for (StateRecord state : held.values()) {
            RecordComparison.assertEqualOnTheWire(
                    renamed(state, expected), renamed(got.get(state.id()), actual), toleranceMs);
        }
    }

    private static final NameTable COMMON = new NameTable();

    private static StateRecord renamed(StateRecord state, MemberSegment.Node node) {
        state.ifname(COMMON.intern(node.names().name(state.ifname())));
        return state.origIfname(COMMON.intern(node.names().name(state.origIfname())));
    }

    @ParameterizedTest
    @EnumSource(names = {"V6", "V1301", "V1400", "V1500"})
    void shouldReseedANodeThatStartsLater(Dialect dialect) throws IOException {
        try (MemberSegment segment = new MemberSegment(root, dialect, 1)) {
            MemberSegment.Node member = filledMember(segment, dialect);
            MemberSegment.Node late = segment.start("b", 2, "listen");
            segment.run(4_500);
            assertTrue(late.isInSync(), "proven by our END");
            assertEqualTables(member, late, 3_000);
            assertEquals(1, member.count(GroupCounter.BULK_ANSWERS_DONE));
            assertEquals(0, late.count(GroupCounter.BULK_BAD_TIMESTAMP));
            assertEquals(STATES, late.table().size());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V6", "V1301", "V1400", "V1500"})
    void shouldComeToTheSameWithATenthOfAllFramesLost(Dialect dialect) throws IOException {
        long seed = 20L + dialect.ordinal();
        try (MemberSegment segment = new MemberSegment(root, dialect, seed)) {
            MemberSegment.Node member = filledMember(segment, dialect);
            segment.faults(new SimFaults(0, 0, 100_000, 20_000, 0, 0));
            MemberSegment.Node late = segment.start("b", 2, "member");
            int rounds = 0;
            while (late.table().size() < STATES || !late.isInSync()) {
                if (rounds % 8 == 7 && !late.isInSync()) {
                    late.requestSync(segment.nowNs); // END was lost: as an operator would
                }
                // The firewall's own life: short updates, by which a node finds what it lacks.
                for (int i = 1; i <= STATES; i++) {
                    segment.say(segment.frame().updateCompressed(state(segment, dialect, i)));
                    if (i % 20 == 0) {
                        segment.run(10);
                    }
                }
                assertTrue(
                        ++rounds < 60,
                        () ->
                                "seed "
                                        + seed
                                        + ", states "
                                        + late.table().size()
                                        + ", late "
                                        + late.describe(segment.nowNs)
                                        + ", member "
                                        + member.describe(segment.nowNs));
            }
            assertEqualTables(member, late, 60_000);
            assertTrue(member.count(GroupCounter.STATE_ANSWERS) > 0, "single answers healed it");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V6", "V1400"})
    void shouldNotProveOneAnotherWhereNoFirewallAnswers(Dialect dialect) throws IOException {
        try (MemberSegment segment = new MemberSegment(root, dialect, 3)) {
            MemberSegment.Node a = segment.start("a", 1, "member");
            MemberSegment.Node b = segment.start("b", 2, "member");
            segment.run(60_000);
            assertFalse(a.isInSync() || b.isInSync(), "neither knows what is true");
            assertEquals(
                    0,
                    a.count(GroupCounter.BULK_ANSWERS_BEGUN)
                            + b.count(GroupCounter.BULK_ANSWERS_BEGUN));
            assertTrue(
                    a.count(GroupCounter.BULK_ASKED) > 0 && b.count(GroupCounter.BULK_ASKED) > 0);
        }
    }

    /** A firewall may be answered by a node that does not know; nobody else may believe it. */
    @ParameterizedTest
    @EnumSource(names = {"V6", "V1400"})
    void shouldNotProveAListenerByWhatAnUnprovenMemberTellsAFirewall(Dialect dialect)
            throws IOException {
        try (MemberSegment segment = new MemberSegment(root, dialect, 4)) {
            MemberSegment.Node member = segment.start("a", 1, "member");
            MemberSegment.Node listener = segment.start("b", 2, "listen");
            segment.run(1_000);
            segment.say(segment.frame().insert(state(segment, dialect, 1)).bulkRequest());
            segment.run(10_000);
            assertEquals(1, member.count(GroupCounter.BULK_ANSWERS_DONE), "the firewall is served");
            assertTrue(listener.count(GroupCounter.IACTS_10) >= 2, "it heard START and END");
            assertFalse(listener.isInSync(), "by a member that knows no more than it");
            assertFalse(member.isInSync());
            segment.prove(listener);
        }
    }
}
