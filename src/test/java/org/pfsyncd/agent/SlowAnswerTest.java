package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.pfhost.PfHost;
import org.pfsyncd.pfhost.PfHostSettings;
import org.pfsyncd.pfhost.PfSystem;
import org.pfsyncd.support.FrameBuilder;

/**
 * A firewall boots and only a slow member knows its table: the dump of 73 s takes far longer than
 * the firewall waits before it asks again (6 or 7 s with this state limit, spec pfsync.md 12.2),
 * and longer than all its tries, five seconds apart.
 */
@Tag("system")
class SlowAnswerTest {
    private static final int MADE = 0x33333333;
    private static final int STATES = 8_000;

    @TempDir private Path root;

    @ParameterizedTest
    @EnumSource(names = {"FREEBSD_14", "FREEBSD_15"})
    void shouldServeAFirewallThatAsksAgainAndAgainWithOneDump(PfSystem system) throws IOException {
        try (BridgeLab lab = new BridgeLab(root, 1)) {
            BridgeLab.Relay member = member(lab, system, 110);
            PfHost host =
                    lab.host(
                            PfHostSettings.of("booting", system).stateLimit(STATES + 2_000),
                            "left",
                            0x22222222);
            host.boot(false);
            lab.await("its table", 200_000, () -> !host.isAsking());
            assertFalse(host.hasBulkFailed(), "it gave up and became master" + lab);
            assertEquals(STATES, host.states().size(), lab.toString());
            lab.runMs(20_000);
            assertEquals(1, member.count("left", GroupCounter.BULK_ANSWERS_BEGUN), "one dump");
            assertEquals(STATES, member.count("left", GroupCounter.BULK_ANSWER_STATES));
            assertTrue(member.count("left", GroupCounter.BULK_ANSWERS_SLOW) >= 8, "and says so");
        }
    }

    /** Proven by a firewall that leaves, with states of another that is gone. */
    private static BridgeLab.Relay member(BridgeLab lab, PfSystem system, int rate)
            throws IOException {
        lab.host("leaving", system, "left", 0x11111111);
        String toml =
                "left:role = \"member\"\ndialect = \"%s\"\nanswer-rate = %d"
                        .formatted(system.dialect().label(), rate);
        BridgeLab.Relay member = lab.relay(1, toml).start();
        lab.await("a proof", 20_000, member::isActive);
        SimPort gone = lab.raw("left");
        for (int i = 1; i <= STATES; ) {
            FrameBuilder frame = lab.frame(system.dialect());
            for (int j = 0; j < 3 && i <= STATES; j++, i++) {
                frame.insert(lab.tcp(i, MADE).record());
            }
            BridgeLab.send(gone, frame);
            if (i % 20 == 0) {
                lab.step(); // its queue holds 1,024 frames
            }
        }
        lab.await("the states", 5_000, () -> member.table().size() == STATES);
        lab.remove("leaving");
        assertTrue(member.isActive(), "proven");
        return member;
    }
}
