package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.pfhost.Flow;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.state.Loading;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.StateRecord;

/** What a firewall says of states that this node does not have (any more). */
class BridgeClearTest {
    private static final int LEFT = 0x11111111;
    private static final int RIGHT = 0x22222222;
    private static final String V6 = ":dialect = \"v6\"";
    private static final String V1400 = ":dialect = \"1400\"";

    @TempDir private Path root;

    /** As the verb does. */
    private static void clear(BridgeLab lab, BridgeLab.Relay relay) {
        Loading loading = relay.table().newLoading();
        List<StateRecord> all = new ArrayList<>();
        for (int i = 0; i < relay.table().segmentCount(); i++) {
            relay.table().readSegment(i, state -> all.add(StateRecords.blank().copyFrom(state)));
        }
        for (StateRecord state : all) {
            loading.remove(state, state.createdAtMs(), relay.daemon.nodeClock().time());
        }
        lab.step();
        assertEquals(0, relay.table().size());
    }

    private static BridgeLab.Relay started(BridgeLab lab) throws IOException {
        lab.host("left", PfSystem.OPENBSD, "left", LEFT);
        lab.host("right", PfSystem.FREEBSD_14, "right", RIGHT);
        BridgeLab.Relay relay = lab.relay(1, "left" + V6, "right" + V1400).start();
        lab.await("the relay's turn", 20_000, relay::isActive);
        return relay;
    }

    @Test
    void shouldPassOnTheEndOfWhatAnOperatorCleared() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            BridgeLab.Relay relay = started(lab);
            PfHost left = lab.hosts.get("left");
            PfHost right = lab.hosts.get("right");
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            clear(lab, relay);
            lab.runMs(3_000);
            assertTrue(right.has(flow), "the firewalls hear nothing of a clear");
            assertEquals(2, left.kill(state -> true));
            lab.await("the delete", 3_000, () -> right.states().isEmpty());
            lab.runMs(3_000);
            assertEquals(2, relay.said("right", MessageKind.DEL_C, LEFT), "each end once");
            assertEquals(0, relay.said("left", MessageKind.DEL_C, LEFT), "no echo");
        }
    }

    @Test
    void shouldPassOnTheEndOfWhatWasClearedLongAgo() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 2)) {
            BridgeLab.Relay relay = started(lab);
            PfHost left = lab.hosts.get("left");
            PfHost right = lab.hosts.get("right");
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            clear(lab, relay);
            lab.runMs(65_000);
            left.kill(state -> true);
            lab.await("the delete", 3_000, () -> right.states().isEmpty());
        }
    }

    /** Both hosts of a pair may say the same end; the second time it is no news. */
    @Test
    void shouldNotPassOnAnEndTwice() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 3)) {
            BridgeLab.Relay relay = started(lab);
            PfHost left = lab.hosts.get("left");
            PfHost right = lab.hosts.get("right");
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            long id = left.in(flow).record.id();
            clear(lab, relay);
            left.kill(state -> true);
            SimPort standby = lab.raw("left");
            lab.runMs(5_000);
            BridgeLab.send(standby, lab.frame(Dialect.V6).deleteCompressed(id, LEFT));
            lab.runMs(5_000);
            assertEquals(2, relay.said("right", MessageKind.DEL_C, LEFT));
            assertEquals(0, right.counters().badState, "nothing it does not know");
        }
    }

    /** The right's own timer is no proof that the connection is over. */
    @Test
    void shouldNotBelieveAnotherSegmentsDeleteOfWhatWasCleared() throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 4)) {
            BridgeLab.Relay relay = started(lab);
            PfHost left = lab.hosts.get("left");
            PfHost right = lab.hosts.get("right");
            Flow flow = lab.open(left, 1);
            lab.await("the insert", 3_000, () -> right.has(flow));
            clear(lab, relay);
            right.kill(state -> true);
            lab.runMs(5_000);
            assertEquals(0, relay.said("left", MessageKind.DEL_C, LEFT), "a guess");
            assertTrue(left.has(flow));
        }
    }
}
