package org.pfsyncd.group;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pfsyncd.group.AnnounceSettings.Deletes;
import org.pfsyncd.group.AnnounceSettings.Packets;
import org.pfsyncd.group.AnnounceSettings.Queues;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/** {@link Announcer}: transitions, triggers and packing of spec pfsync.md section 10. */
class AnnouncerTest {
    private AnnouncerLab lab = new AnnouncerLab();

    @Test
    void shouldSayAnInsertAfterOneSecondAndNotBefore() {
        lab.insert(1).work();
        lab.advanceMs(999);
        assertEquals(List.of(), lab.taken());
        lab.advanceMs(1);
        assertEquals(List.of("INS 1"), lab.taken());
        lab.advanceMs(5000);
        assertEquals(List.of(), lab.taken(), "once");
        assertEquals(1, lab.count(GroupCounter.OACTS_1));
        assertEquals(1, lab.count(GroupCounter.OACTS_12), "one end-of-frame mark");
        assertEquals(1, lab.count(GroupCounter.OPACKETS));
    }

    @Test
    void shouldMakeOneMessageOfHundredUpdatesOfUdp() {
        lab.keep(lab.states.udp(7, AnnouncerLab.CREATOR));
        for (int i = 0; i < 100; i++) {
            lab.update(7).advanceMs(9);
        }
        lab.advanceMs(1000);
        assertEquals(List.of("UPD_C 7"), lab.taken());
        assertEquals(99, lab.count(GroupCounter.ANNOUNCE_MERGED));
    }

    @Test
    void shouldSendTcpAtTheUpdateThatReachesMaxupd() {
        lab.tcp(7);
        lab.update(7);
        for (int i = 0; i < 127; i++) {
            lab.update(7).work();
        }
        assertEquals(List.of(), lab.taken(), "127 updates of a waiting state");
        lab.update(7).work();
        assertEquals(List.of("UPD_C 7"), lab.taken(), "the 128th");
    }

    @Test
    void shouldSendEverySecondUpdateWithMaxupdZero() {
        lab = new AnnouncerLab(AnnounceSettings.of(1, 1, "r").with(new Queues(16, 0, 0)), Map.of());
        lab.tcp(7);
        lab.update(7).work();
        assertEquals(List.of(), lab.taken());
        lab.update(7).work();
        assertEquals(List.of("UPD_C 7"), lab.taken());
    }

    @Test
    void shouldNeverSpeakOfWhatEndedBeforeItsTurn() {
        lab.insert(1).delete(1).advanceMs(2000);
        assertEquals(List.of(), lab.taken());
        assertEquals(1, lab.count(GroupCounter.ANNOUNCE_CANCELLED));
    }

    @Test
    void shouldFollowTheTransitionsOfTheKernels() {
        lab.insert(1).update(1).advanceMs(1000);
        assertEquals(List.of("INS 1"), lab.taken(), "an update leaves an insert in its queue");
        lab.update(1).delete(1).advanceMs(1000);
        assertEquals(List.of("DEL_C 1"), lab.taken(), "a delete takes an update's place");
        lab.tcp(2);
        lab.update(2);
        lab.announcer.requested(2, AnnouncerLab.CREATOR, lab.nowNs);
        lab.work();
        assertEquals(List.of("UPD 2"), lab.taken(), "a request takes it too, and is answered now");
        lab.insert(3);
        lab.announcer.requested(3, AnnouncerLab.CREATOR, lab.nowNs);
        lab.work();
        assertEquals(List.of(), lab.taken(), "an insert answers the request when it leaves");
        lab.advanceMs(1000);
        assertEquals(List.of("INS 3"), lab.taken());
        lab.delete(3);
        lab.update(3).advanceMs(1000);
        assertEquals(List.of("DEL_C 3"), lab.taken(), "an update of a dead state is ignored");
    }

    @Test
    void shouldSayTheDeleteBeforeTheInsertThatReusesTheId() {
        for (Dialect dialect : List.of(Dialect.V1301, Dialect.V6, Dialect.V1500)) {
            lab = new AnnouncerLab().speak(dialect);
            lab.tcp(5);
            lab.delete(5).insert(5).insert(6).advanceMs(1000);
            assertEquals(List.of("DEL_C 5", "INS 5", "INS 6"), lab.taken(), dialect.label());
            lab.delete(5).insert(5).delete(5).advanceMs(1000);
            assertEquals(List.of("DEL_C 5"), lab.taken(), "the old one still has to go");
        }
    }

    @Test
    void shouldSendAtOnceWhatTheSegmentSpokeOfTwoSecondsBefore() {
        lab.tcp(7);
        lab.announcer.heard(7, AnnouncerLab.CREATOR, lab.nowNs);
        lab.nowNs += 2 * AnnouncerLab.SECOND_NS - 1;
        lab.update(7).work();
        assertEquals(List.of("UPD_C 7"), lab.taken());
        lab.nowNs += 1;
        lab.update(7).work();
        assertEquals(List.of(), lab.taken(), "two seconds are over");
    }

    @Test
    void shouldBeSilentOfWhatTheSegmentSaidItself() {
        lab.insert(1).insert(2);
        lab.announcer.heard(1, AnnouncerLab.CREATOR, lab.nowNs);
        lab.advanceMs(1000);
        assertEquals(List.of("INS 2"), lab.taken());
        lab.delete(2);
        lab.announcer.heardGone(2, AnnouncerLab.CREATOR);
        lab.advanceMs(1000);
        assertEquals(List.of(), lab.taken());
    }

    @Test
    void shouldFillPacketsAsTheKernelsDo() {
        int[] capacities = {5, 6, 5, 4}; // FreeBSD 15 reserves an IPv6 header, and packs 3
        for (Dialect dialect : List.of(Dialect.V6, Dialect.V1301, Dialect.V1400, Dialect.V1500)) {
            int capacity = capacities[dialect.ordinal()];
            lab = new AnnouncerLab().speak(dialect);
            for (int id = 1; id <= capacity; id++) {
                lab.insert(id);
            }
            lab.work();
            assertEquals(0, lab.port.sent.size(), dialect + ": a full packet waits");
            lab.insert(99).work();
            assertEquals(capacity, lab.taken().size(), dialect + ": the next one sends it");
            lab.advanceMs(1000);
            assertEquals(List.of("INS 99"), lab.taken());
        }
    }

    @Test
    void shouldFillPacketsOfShortMessages() {
        for (int id = 1; id <= 122; id++) {
            lab.delete(id);
        }
        lab.work();
        assertEquals(121, lab.taken().size());
        lab.advanceMs(1000);
        assertEquals(1, lab.taken().size());
        for (int id = 1; id <= 18; id++) {
            lab.tcp(id);
            lab.update(id);
        }
        lab.work();
        assertEquals(17, lab.taken().size());
    }

    @Test
    void shouldKeepPacketsWithinTheSmallestLimit() {
        lab = new AnnouncerLab(AnnounceSettings.of(1, 1, "r").with(Packets.of(1400, 28)), Map.of());
        lab.port.mtu = 9000;
        for (int id = 1; id <= 100; id++) {
            lab.insert(id);
        }
        lab.advanceMs(1000).work();
        int longest = lab.port.sent.stream().mapToInt(frame -> frame.length).max().orElseThrow();
        assertTrue(longest + 20 <= 1400 - 28, "longest " + longest);
        assertTrue(longest + 20 > 1400 - 28 - 242, "but full: " + longest);
        assertEquals(100, lab.taken().size());
    }

    @Test
    void shouldShedAndCountWhatTheQueueCannotHold() {
        lab =
                new AnnouncerLab(
                        AnnounceSettings.of(1, 1, "r").with(new Queues(3, 128, 0)), Map.of());
        lab.insert(1).insert(2).insert(3).insert(4).advanceMs(1000);
        assertEquals(List.of("INS 1", "INS 2", "INS 3"), lab.taken());
        assertEquals(1, lab.count(GroupCounter.ANNOUNCE_SHED));
        lab.insert(5).advanceMs(1000);
        assertEquals(List.of("INS 5"), lab.taken(), "room again");
    }

    @Test
    void shouldGiveUpTheOldestUpdateForAnInsertOrADelete() {
        lab =
                new AnnouncerLab(
                        AnnounceSettings.of(1, 1, "r").with(new Queues(3, 128, 0)), Map.of());
        for (int id = 1; id <= 6; id++) {
            lab.tcp(id);
        }
        lab.update(1).update(2).insert(3).delete(4).insert(5).insert(6).advanceMs(1000);
        assertEquals(List.of("INS 3", "INS 5", "DEL_C 4"), lab.taken());
        assertEquals(3, lab.count(GroupCounter.ANNOUNCE_SHED), "two updates, and the last insert");
    }

    @Test
    void shouldGiveUpWhatARivalSaidFasterThanItComes() {
        for (int id = 1; id <= 5_000; id++) {
            lab.update(id);
        }
        lab.nowNs += AnnouncerLab.SECOND_NS;
        assertEquals(1_024, lab.announcer.expire(lab.nowNs, AnnouncerLab.SECOND_NS));
        assertEquals(3_976, lab.announcer.waiting());
    }

    @Test
    void shouldNeverSayWhatNobodyMayHear() {
        lab.tcp(1).marks(0);
        lab.tcp(2).stateFlags(0x08);
        lab.tcp(3).wireProto(240).stackProto(240);
        lab.tcp(4).expiresAtMs(lab.nowMs);
        lab.tcp(5).timeout(20);
        lab.tcp(6).ifname(lab.names.intern("much-too-long-a-name"));
        lab.tcp(7).wireAf(6);
        for (int id = 1; id <= 7; id++) {
            lab.insert(id);
        }
        lab.announcer.inserted(8, AnnouncerLab.CREATOR, lab.nowNs);
        lab.advanceMs(1000);
        assertEquals(List.of(), lab.taken());
        assertEquals(1, lab.count(GroupCounter.ANNOUNCE_UNCONFIRMED));
        assertEquals(2, lab.count(GroupCounter.ANNOUNCE_NOSYNC));
        assertEquals(2, lab.count(GroupCounter.ANNOUNCE_GONE));
        assertEquals(3, lab.count(GroupCounter.UNREPRESENTABLE));
        assertEquals(1, lab.count(GroupCounter.UNREPRESENTABLE_TIMEOUT));
        assertEquals(1, lab.count(GroupCounter.UNREPRESENTABLE_NAME));
        assertEquals(1, lab.count(GroupCounter.UNREPRESENTABLE_FAMILY));
    }

    @Test
    void shouldCountWhatAnotherDialectLosesFieldByField() {
        StateRecord rich = lab.tcp(1);
        rich.dialect(Dialect.V1500.ordinal()).rtKind(2).rtIfname(lab.names.intern("em9"));
        rich.stateFlags(0x0100).rtableId0(3).qid(5).tag(lab.names.intern("blue")).minTtl(64);
        rich.origIfname(lab.names.intern("em8"));
        lab.insert(1).advanceMs(1000);
        List<GroupCounter> lost =
                List.of(
                        GroupCounter.LOST_ROUTE,
                        GroupCounter.LOST_FLAGS,
                        GroupCounter.LOST_TABLE,
                        GroupCounter.LOST_QUEUE,
                        GroupCounter.LOST_TAG,
                        GroupCounter.LOST_INTERFACE,
                        GroupCounter.LOST_SCRUB);
        for (GroupCounter id : lost) {
            assertEquals(1, lab.count(id), id.label());
        }
        lab.speak(Dialect.V1500).insert(1).advanceMs(1000);
        for (GroupCounter id : lost) {
            assertEquals(1, lab.count(id), id.label() + ": nothing is lost in its own dialect");
        }
        rich.dialect(Dialect.V6.ordinal()).wireRdomain(2);
        lab.insert(1).advanceMs(1000);
        assertEquals(2, lab.count(GroupCounter.LOST_TABLE), "a routing domain counts as one");
    }

    @Test
    void shouldSayItsOwnFlagsLifeAndRules() {
        lab.tcp(1)
                .dialect(Dialect.V1301.ordinal())
                .stateFlags(0x11)
                .rule(7)
                .expiresAtMs(lab.nowMs + 1500);
        lab.insert(1).advanceMs(1000);
        StateRecord sent = onlyState();
        assertEquals(0x01, sent.stateFlags(), "we hold no packet back");
        assertEquals(-1, sent.rule(), "without a fingerprint no rule numbers");
        assertEquals(1, sent.lifetimeS(), "half a second left is not a whole new life");
    }

    @Test
    void shouldPassRuleNumbersUnderTheFingerprintOfTheConfiguration() {
        byte[] fingerprint = new byte[16];
        Arrays.fill(fingerprint, (byte) 0x5a);
        AnnounceSettings settings =
                AnnounceSettings.of(1, 1, "r")
                        .with(new Packets(Packets.DEFAULT_MTU, 0, fingerprint));
        lab = new AnnouncerLab(settings, Map.of());
        lab.tcp(1).dialect(Dialect.V1301.ordinal()).rule(7);
        lab.insert(1).advanceMs(1000);
        byte[] header = Arrays.copyOfRange(lab.port.sent.get(0), 4, 20);
        assertArrayEquals(fingerprint, header);
        assertEquals(7, onlyState().rule());
    }

    @Test
    void shouldNameInterfacesAsTheSegmentDoes() {
        lab = new AnnouncerLab(AnnounceSettings.of(1, 1, "r"), Map.of("igb0", "em0"));
        lab.tcp(1).ifname(lab.names.intern("em0"));
        lab.tcp(2).ifname(lab.names.intern("em1"));
        lab.insert(1).insert(2).advanceMs(1000);
        List<StateRecord> sent = RecordingVisitor.walk(lab.port.sent.get(0), lab.names).states();
        assertEquals("igb0", lab.names.name(sent.get(0).ifname()));
        assertEquals("em1", lab.names.name(sent.get(1).ifname()));
        assertEquals("em0", lab.names.name(lab.table.get(1L).ifname()), "the table's own stays");
    }

    @Test
    void shouldRepeatDeletesOnceIfAskedTo() {
        lab =
                new AnnouncerLab(
                        AnnounceSettings.of(1, 1, "r").with(new Deletes(true, false)), Map.of());
        lab.delete(1).delete(2).advanceMs(1000);
        assertEquals(List.of("DEL_C 1", "DEL_C 2"), lab.taken());
        lab.tcp(2); // came back
        lab.advanceMs(1000).advanceMs(1000);
        assertEquals(List.of("DEL_C 1"), lab.taken());
        lab.advanceMs(5000).advanceMs(5000);
        assertEquals(List.of(), lab.taken(), "once");
        assertEquals(1, lab.count(GroupCounter.ANNOUNCE_REPEATED));
    }

    @Test
    void shouldCountWhatTheKernelRefuses() {
        lab.insert(1);
        lab.port.isSendRefused = true;
        lab.advanceMs(1000);
        assertEquals(1, lab.count(GroupCounter.OERRORS));
        assertEquals(2, lab.count(GroupCounter.ANNOUNCE_LOST), "the insert and the mark");
        assertEquals(0, lab.count(GroupCounter.OACTS_1));
        assertEquals(0, lab.announcer.waiting());
    }

    private StateRecord onlyState() {
        List<StateRecord> sent = RecordingVisitor.walk(lab.port.sent.get(0), lab.names).states();
        assertEquals(1, sent.size());
        return sent.get(0);
    }
}
