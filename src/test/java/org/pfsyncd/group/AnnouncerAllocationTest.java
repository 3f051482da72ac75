package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pfsyncd.group.AnnounceSettings.Deletes;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** The way of an announcement allocates nothing once warm. */
class AnnouncerAllocationTest {
    private final NameTable names = new NameTable();
    private final StateRecord state = new StateRecords(names).tcp(1, AnnouncerLab.CREATOR).record();

    private int packets;
    private long nowNs;
    private long id;

    /** A table in which every state is this one; its other methods are never called. */
    private final class OneState implements Mirror {
        @Override
        public NameTable names() {
            return names;
        }

        @Override
        public boolean get(long stateId, int creatorId, StateRecord into) {
            into.copyFrom(state);
            into.id(stateId);
            return true;
        }

        @Override
        public void relayed(boolean isRelayed) {
            throw new AssertionError();
        }

        @Override
        public int insert(StateRecord received, long nowMs) {
            throw new AssertionError();
        }

        @Override
        public int update(StateRecord received, long nowMs) {
            throw new AssertionError();
        }

        @Override
        public int updateCompressed(UpdateView update, long nowMs) {
            throw new AssertionError();
        }

        @Override
        public int delete(long stateId, int creatorId, long nowMs) {
            throw new AssertionError();
        }

        @Override
        public int clear(int creatorId, int ifnameId, long nowMs) {
            throw new AssertionError();
        }

        @Override
        public void sweepUnconfirmed(long nowMs) {
            throw new AssertionError();
        }

        @Override
        public int segmentCount() {
            throw new AssertionError();
        }

        @Override
        public void readSegment(int segment, Reader reader) {
            throw new AssertionError();
        }
    }

    @Test
    void shouldAllocateNothingPerAnnouncement() {
        state.marks(StateRecord.MARK_CONFIRMED);
        SimPort port = new SimNetwork(1).attach("s", "10.0.0.1");
        CounterSet<GroupCounter> counters = Counters.inMemory().group("g");
        Mirror mirror = new OneState();
        Announcer announcer =
                new Announcer(
                        AnnounceSettings.of(1, 1, "r").with(new Deletes(true, false)),
                        new AnnounceOutput.Parts(
                                port,
                                counters,
                                new InterfaceMap(java.util.Map.of("igb0", "em0"), names),
                                mirror));
        Allocation.assertNoneInSteadyState(
                20_000,
                () -> {
                    id++;
                    nowNs += 1_000_000;
                    announcer.inserted(id, AnnouncerLab.CREATOR, nowNs);
                    announcer.updated(id - 3, AnnouncerLab.CREATOR, nowNs);
                    announcer.deleted(id - 7, AnnouncerLab.CREATOR, nowNs);
                    announcer.heard(id - 1, AnnouncerLab.CREATOR, nowNs);
                    packets += announcer.work(Dialect.V1400, nowNs, StateRecords.NOW_MS);
                });
        assertTrue(packets > 1000, "it did send: " + packets);
    }
}
