package org.pfsyncd.pfhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.wire.MessageKind;

/** Two scripted hosts of one system beside each other, for what no recording shows. */
class HostPairTest {
    private static final long STEP_NS = 1_000_000L;

    private final SimNetwork network = new SimNetwork(1);
    private long nowNs = 1_000_000_000L;
    private Talk talkA;
    private Talk talkB;
    private PfHost a;
    private PfHost b;

    private void pair(PfHostSettings settingsA, PfHostSettings settingsB) {
        network.advance(nowNs);
        talkA = new Talk(network.attach("s", "10.0.0.1").queueLimit(10_000), () -> nowNs);
        talkB = new Talk(network.attach("s", "10.0.0.2").queueLimit(10_000), () -> nowNs);
        a = new PfHost(settingsA.hostId(0xa1a1a1a1), talkA, nowNs);
        b = new PfHost(settingsB.hostId(0xb2b2b2b2), talkB, nowNs);
        a.upInSync();
    }

    private void pair(PfSystem system) {
        pair(PfHostSettings.of("a", system), PfHostSettings.of("b", system));
    }

    private void workMs(long ms) {
        for (long i = 0; i < ms; i++) {
            nowNs += STEP_NS;
            network.advance(nowNs);
            a.work(nowNs);
            b.work(nowNs);
        }
    }

    private static Flow flow(int i) {
        return Flow.udp("10.1.0.10", 1000 + i, "10.2.0.10", 53);
    }

    private void open(PfHost host, int count) {
        for (int i = 0; i < count; i++) {
            host.packet(flow(i), Segment.datagram(true, 10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellInsertsChangesAndDeletes(PfSystem system) {
        pair(system);
        b.upInSync();
        open(a, 20);
        workMs(1200);
        assertEquals(40, b.states().size());
        a.packet(flow(3), Segment.datagram(false, 10));
        workMs(1200);
        assertEquals(2, b.in(flow(3)).record.src().state());
        a.kill(state -> true);
        workMs(1200);
        assertEquals(0, b.states().size());
        assertEquals(40, talkA.count(MessageKind.DEL_C));
    }

    @ParameterizedTest
    @EnumSource
    void shouldReseedAHostThatBoots(PfSystem system) {
        pair(system);
        open(a, 100);
        workMs(1200);
        b.up();
        assertTrue(b.demotion().value() > 0);
        if (system.letsRequestsWait()) {
            open(b, 1); // a state of its own collides later, and pushes the request out
            b.kill(state -> true);
            b.clearStates();
        }
        workMs(2000);
        assertEquals(200, b.states().size());
        assertEquals(0, b.demotion().value());
        assertFalse(b.hasBulkFailed());
    }

    @Test
    void shouldSendDataBehindEndWithTwoProcessors() {
        PfSystem system = PfSystem.FREEBSD_14;
        pair(PfHostSettings.of("a", system).cpus(2), PfHostSettings.of("b", system));
        open(a, 300);
        workMs(1200);
        talkA.forget();
        b.up();
        workMs(1000);
        int end = talkA.all().size();
        for (int i = 0; i < talkA.all().size(); i++) {
            Talk.Said said = talkA.all().get(i);
            end = said.kind() == MessageKind.BUS && said.id() == 2 ? i : end;
        }
        long behind =
                talkA.all().subList(end, talkA.all().size()).stream()
                        .filter(said -> said.kind() == MessageKind.UPD)
                        .count();
        assertTrue(behind > 0, "states behind END");
        assertEquals(600, b.states().size());
    }

    @Test
    void shouldReleaseHeldPacketsByAcknowledgement() {
        PfSystem system = PfSystem.FREEBSD_14;
        pair(PfHostSettings.of("a", system).defer(), PfHostSettings.of("b", system));
        b.upInSync();
        a.packet(flow(1), Segment.datagram(true, 10));
        assertEquals(1, a.heldCount());
        workMs(3);
        assertEquals(0, a.heldCount());
        assertEquals(1, a.counters().acksReceived);
        b.powerOff();
        a.packet(flow(2), Segment.datagram(true, 10));
        workMs(19);
        assertEquals(1, a.heldCount(), "not a moment early");
        workMs(2);
        assertEquals(1, a.counters().acksTimedOut);
    }

    @Test
    void shouldAskInVainForAStateThatCollides() {
        pair(PfSystem.OPENBSD);
        b.upInSync();
        open(a, 1);
        open(b, 1);
        workMs(1200);
        assertEquals(2, b.states().size(), "both INS collided");
        assertEquals(4, a.counters().collisions + b.counters().collisions);
        a.packet(flow(0), Segment.datagram(true, 10));
        workMs(1200);
        a.packet(flow(0), Segment.datagram(true, 10));
        workMs(1200);
        assertEquals(4, talkB.count(MessageKind.UPD_REQ), "for each change of both states");
        assertEquals(4, b.counters().badState, "and each answer collides");
    }

    @Test
    void shouldLoseWhatANewerReleaseSays() {
        pair(
                PfHostSettings.of("a", PfSystem.FREEBSD_15),
                PfHostSettings.of("b", PfSystem.FREEBSD_14));
        b.upInSync();
        open(a, 1);
        workMs(1200);
        assertEquals(0, b.states().size());
        assertTrue(b.counters().badAction > 0);
    }

    @Test
    void shouldBeQuietWithoutItsInterface() {
        pair(PfSystem.FREEBSD_14);
        b.upInSync();
        open(a, 1);
        workMs(1200);
        b.syncdevVanishes();
        a.kill(state -> true);
        workMs(1200);
        assertEquals(2, b.states().size());
        b.syncdevReturns();
        assertEquals(240, b.demotion().value());
        workMs(1200);
        assertEquals(0, b.demotion().value());
        b.powerOff();
        b.boot(true);
        workMs(1200);
        assertNull(b.in(flow(0)));
    }
}
