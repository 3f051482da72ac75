package org.pfsyncd.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pfsyncd.doctor.Ward.FINE;
import static org.pfsyncd.doctor.Ward.GROUP;
import static org.pfsyncd.doctor.Ward.ONE;
import static org.pfsyncd.doctor.Ward.TWO;
import static org.pfsyncd.doctor.Ward.US;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;

/** Each rule on both sides of its edge; time is the test's. */
class DiagnosisTest {
    private static final int ID_ONE = 0xA1A1A1A1;
    private static final int ID_TWO = 0xB2B2B2B2;
    private static final List<String> NONE = List.of();

    private final NameTable names = new NameTable();
    private final StateRecords states = new StateRecords(names);

    private FrameBuilder frame() {
        return FrameBuilder.of(Dialect.V1301).names(names);
    }

    private byte[] insert(long id, int creatorId) {
        return frame().insert(states.udp(id, creatorId).record()).bytes();
    }

    private byte[] change(long id) {
        return frame().updateCompressed(states.udp(id, ID_ONE).record()).bytes();
    }

    private byte[] full(long id) {
        return frame().update(states.udp(id, ID_ONE).record()).bytes();
    }

    private byte[] request() {
        return frame().bulkRequest().bytes();
    }

    @Test
    void shouldBeQuietAboutTwoSoundHosts() {
        Ward ward = Ward.of().hears(ONE, insert(1, ID_ONE)).hears(TWO, insert(2, ID_TWO));
        assertEquals(NONE, ward.faults());
    }

    @Test
    void shouldTellSilenceFromFilteredMulticastAndADeadInterface() {
        assertEquals(List.of("nothing-heard"), Ward.of().after(10_000).faults());

        Ward alive = Ward.of();
        alive.observations().onAlive(ONE);
        assertEquals(List.of("multicast-filtered " + ONE), alive.faults());

        Ward ourselves = Ward.of();
        ourselves.observations().onAlive(US);
        assertEquals(List.of("nothing-heard"), ourselves.faults(), "our own ARP is no sign");

        HostFacts down = new HostFacts(false, 0, 0, 0, true, 0, 0, 0, 0);
        assertEquals(List.of("interface-down"), Ward.of().faults(down, null));
    }

    @Test
    void shouldNotTakeAnotherSegmentForOurs() {
        Ward silent = Ward.of();
        silent.observations().onElsewhere("em7", Ward.packet(ONE, GROUP, change(1)));
        assertEquals(List.of("wrong-interface " + ONE), silent.faults());

        Ward busy = Ward.of().hears(TWO, change(1));
        busy.observations().onElsewhere("em7", Ward.packet(ONE, GROUP, change(1)));
        assertEquals(NONE, busy.faults(), "another segment's firewalls");

        Ward expected = new Ward(Ward.segment(List.of("10.0.0.0/24"), 0, 0));
        expected.hears(TWO, change(1));
        expected.observations().onElsewhere("em7", Ward.packet(ONE, GROUP, change(1)));
        assertEquals(List.of("wrong-interface " + ONE), expected.faults());

        Ward port = Ward.of().hears(ONE, change(1));
        port.observations().onElsewhere("em7", Ward.packet(ONE, GROUP, change(1)));
        assertEquals(NONE, port.faults(), "em7 is a port of the bridge em1");
    }

    @Test
    void shouldNotTakeAnotherVlanForOurs() {
        Ward silent = Ward.of().hearsTagged(5, ONE, change(1));
        assertEquals(List.of("wrong-vlan " + ONE), silent.faults());
        Ward busy = Ward.of().hearsTagged(5, ONE, change(1)).hears(TWO, change(1));
        assertEquals(NONE, busy.faults(), "another segment on the same card");
        Ward expected = new Ward(Ward.segment(List.of(ONE, TWO), 0, 0));
        expected.hearsTagged(5, ONE, change(1)).hears(TWO, change(1));
        assertEquals(List.of("wrong-vlan " + ONE), expected.faults());
        Ward stranger = new Ward(Ward.segment(List.of(TWO), 0, 0));
        stranger.hearsTagged(5, ONE, change(1)).hears(TWO, change(1));
        assertEquals(NONE, stranger.faults());
    }

    @Test
    void shouldNameTtlWithItsNumber() {
        Ward ward = Ward.of().hears(Ward.packet(ONE, GROUP, change(1)).ttl(254));
        Finding finding = ward.only(FINE, null);
        assertEquals(Fault.TTL, finding.fault());
        assertEquals("254", finding.value());
        assertEquals("255", finding.limit());
        assertTrue(finding.next().toString().contains("on 10.0.0.1: ifconfig pfsync0"));
    }

    @Test
    void shouldNameVersions() {
        byte[] old = change(1);
        old[0] = 3;
        assertEquals(List.of("version " + ONE), Ward.of().hears(ONE, old).faults());

        Ward fixed = new Ward(Ward.segment(List.of(), 6, 0)).hears(ONE, change(1));
        assertEquals(List.of("version " + ONE), fixed.faults());

        byte[] six =
                FrameBuilder.of(Dialect.V6)
                        .names(names)
                        .insert(states.udp(1, ID_TWO).record())
                        .bytes();
        Ward mixed = Ward.of().hears(ONE, change(1)).hears(TWO, six);
        assertEquals(List.of("version-mix " + TWO), mixed.faults());
        assertEquals(NONE, Ward.of().hears(TWO, six).faults());
    }

    @Test
    void shouldNameDialectsOnlyWhereTheyDiffer() {
        byte[] newer =
                FrameBuilder.of(Dialect.V1500)
                        .names(names)
                        .insert(states.udp(1, ID_TWO).record())
                        .bytes();
        assertEquals(NONE, Ward.of().hears(TWO, newer).hears(ONE, change(1)).faults());
        assertEquals(
                List.of("dialect " + TWO),
                Ward.of().hears(TWO, newer).hears(ONE, insert(1, ID_ONE)).faults());
    }

    @Test
    void shouldCompareFingerprintsButNotZeros() {
        byte[] first =
                frame().fingerprint(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                        .bytes();
        byte[] second =
                frame().fingerprint(new byte[] {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                        .bytes();
        byte[] zero = frame().bytes();
        assertEquals(NONE, Ward.of().hears(ONE, first).hears(TWO, zero).faults());
        assertEquals(NONE, Ward.of().hears(ONE, first).hears(TWO, first).faults());
        assertEquals(
                List.of("fingerprint " + TWO),
                Ward.of().hears(ONE, first).hears(TWO, second).faults());
    }

    @Test
    void shouldNameTheSecondHostOfAnId() {
        assertEquals(
                List.of("duplicate-hostid " + TWO),
                Ward.of().hears(ONE, insert(1, ID_ONE)).hears(TWO, insert(2, ID_ONE)).faults());
        assertEquals(
                NONE,
                Ward.of().hears(ONE, insert(1, ID_ONE)).hears(TWO, full(1)).faults(),
                "a full update answers for anybody's state");

        Ward ours = new Ward(Ward.segment(List.of(), 0, ID_ONE));
        assertEquals(
                List.of("duplicate-hostid " + ONE),
                ours.sends(insert(1, ID_ONE)).hears(ONE, insert(1, ID_ONE)).faults());
        Ward alone = new Ward(Ward.segment(List.of(), 0, ID_ONE)).sends(insert(1, ID_ONE));
        assertEquals(NONE, alone.hears(TWO, change(9)).faults(), "our own are ours");
    }

    @Test
    void shouldNameADumpThatStopsOnlyAfterASecond() {
        byte[] start = frame().bulkStart(ID_ONE).bytes();
        Ward ward = Ward.of().hears(TWO, request()).hears(ONE, start).hears(ONE, full(1));
        assertEquals(NONE, ward.after(999).faults());
        assertEquals(List.of("bulk-endless " + ONE), ward.after(1).faults());
        ward.hears(ONE, frame().bulkEnd(ID_ONE, 0).bytes());
        assertEquals(NONE, ward.after(5000).faults());
    }

    @Test
    void shouldNameADumpWhoseStatesAreLost() {
        Ward ward = Ward.of();
        for (int i = 1; i <= 3; i++) {
            ward.hears(ONE, change(i));
        }
        ward.hears(TWO, request())
                .hears(ONE, frame().bulkStart(ID_ONE).bytes())
                .hears(ONE, frame().bulkEnd(ID_ONE, 0).bytes());
        assertEquals(List.of("mtu " + ONE), ward.faults());
        assertEquals(
                NONE,
                ward.after(500).hears(ONE, full(1)).faults(),
                "END may overtake the states of another bucket");
    }

    @Test
    void shouldNotMissStatesOfAHostThatWasCleared() {
        Ward ward = Ward.of();
        for (int i = 1; i <= 3; i++) {
            ward.hears(ONE, change(i));
        }
        ward.hears(ONE, frame().clear(ID_ONE, "").bytes())
                .hears(TWO, request())
                .hears(ONE, frame().bulkStart(ID_ONE).bytes())
                .hears(ONE, frame().bulkEnd(ID_ONE, 0).bytes());
        assertEquals(NONE, ward.faults());
    }

    @Test
    void shouldWaitBeforeCallingARequestUnanswered() {
        Ward ward = Ward.of().hears(ONE, request()).after(3999);
        assertEquals(NONE, ward.faults());
        assertEquals(List.of("bulk-unanswered " + ONE), ward.after(1).faults());
        assertEquals(List.of("one-way " + ONE), ward.hears(TWO, insert(1, ID_TWO)).faults());
        ward.hears(TWO, frame().bulkEnd(ID_TWO, 0).bytes());
        assertEquals(NONE, ward.faults());
    }

    @Test
    void shouldNameTheCauseOfSilenceAndNotTheSilence() {
        Ward ward = Ward.of().hears(ONE, request()).after(5000);
        ward.hears(Ward.packet(TWO, GROUP, insert(1, ID_TWO)).ttl(254));
        assertEquals(List.of("ttl " + TWO), ward.faults());
    }

    @Test
    void shouldTakeOurOwnUnansweredRequestForOneWayTraffic() {
        Ward ward = Ward.of().sends(request()).hears(ONE, insert(1, ID_ONE)).after(5000);
        assertEquals(List.of("one-way " + US), ward.faults());
    }

    @Test
    void shouldCountSingleRequestsThatNobodyAnswers() {
        Ward ward = Ward.of();
        for (int i = 1; i <= 3; i++) {
            ward.hears(ONE, change(i)).hears(TWO, frame().updateRequest(i, ID_ONE).bytes());
        }
        assertEquals(NONE, ward.after(999).faults());
        assertEquals(List.of("requests-unanswered " + ONE), ward.after(1).faults());
        assertEquals(NONE, ward.hears(ONE, full(2)).faults(), "two may have ended meanwhile");
        Ward unknown = Ward.of().hears(ONE, change(1));
        for (int i = 10; i < 20; i++) {
            unknown.hears(TWO, frame().updateRequest(i, ID_ONE).bytes());
        }
        assertEquals(NONE, unknown.after(5000).faults(), "nobody is known to have them");
    }

    @Test
    void shouldNameOneSidedUnicast() {
        Ward pair = new Ward(Segment.ofCapture("a.pcap"));
        pair.hears(Ward.packet(ONE, TWO, change(1))).hears(TWO, change(2));
        assertEquals(List.of("one-way " + ONE), pair.faults(HostFacts.NONE, null));

        Ward both = new Ward(Segment.ofCapture("b.pcap"));
        both.hears(Ward.packet(ONE, TWO, change(1))).hears(Ward.packet(TWO, ONE, change(2)));
        assertEquals(NONE, both.faults(HostFacts.NONE, null));

        Ward stranger = Ward.of().hears(Ward.packet(ONE, "10.0.0.77", change(1)));
        assertEquals(List.of("wrong-destination " + ONE), stranger.faults());

        Segment unicast = new Segment("lan", "em1", ONE, List.of(US), List.of(ONE), 0, 0);
        assertEquals(List.of("one-way " + ONE), new Ward(unicast).hears(ONE, change(1)).faults());
        assertEquals(NONE, new Ward(unicast).hears(Ward.packet(ONE, US, change(1))).faults());
    }

    @Test
    void shouldReadTheHostsCounters() {
        Ward ward = Ward.of();
        for (int i = 1; i <= 3; i++) {
            ward.hears(ONE, change(i));
        }
        assertEquals(
                List.of("filtered-here"),
                ward.faults(new HostFacts(true, 1500, 0, 0, true, 0, 0, 0, 0), null));
        assertEquals(
                NONE,
                ward.faults(new HostFacts(true, 1500, 0, 0, false, 0, 0, 0, 0), null),
                "nobody joined, so nothing can get through");
        assertEquals(
                List.of("drops"),
                ward.faults(new HostFacts(true, 1500, 0, 0, true, 3, 1, 212_992, 0), null));
        assertEquals(
                List.of("mtu"),
                ward.faults(new HostFacts(true, 1400, 0, 7, true, 3, 0, 0, 0), null));
        assertEquals(
                NONE,
                ward.faults(new HostFacts(true, 1500, 0, 7, true, 3, 0, 0, 0), null),
                "an interface also drops what no protocol wants");
    }

    @Test
    void shouldReadTheDaemonsClockAndDoubts() {
        Ward ward = Ward.of().hears(ONE, change(1));
        assertEquals(NONE, ward.faults(FINE, new DaemonFacts(10_000, 9_000, 0, true, "")));
        assertEquals(
                List.of("clock"), ward.faults(FINE, new DaemonFacts(10_000, 8_999, 0, true, "")));
        assertEquals(
                List.of("clock"),
                ward.faults(FINE, new DaemonFacts(10_000, 10_000, -2000, true, "")));
        assertEquals(
                List.of("not-in-sync"),
                ward.faults(FINE, new DaemonFacts(10_000, 10_000, 0, false, "started")));
    }

    @Test
    void shouldStandHostileInput() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Ward ward = Ward.of();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 4 && random.nextBoolean()) {
                bytes[0] = (byte) (5 + random.nextInt(2));
                bytes[2] = 0;
            }
            String from = "10." + random.nextInt(256) + ".0." + random.nextInt(256);
            ward.hears(
                    Ward.packet(from, random.nextBoolean() ? GROUP : "10.9.9.9", bytes)
                            .ttl(random.nextInt(3) == 0 ? random.nextInt(256) : 255)
                            .protocol(random.nextInt(4) == 0 ? 1 : 240));
            ward.observations().onElsewhere("em7", Ward.packet(from, GROUP, bytes));
        }
        assertTrue(ward.faults().size() < 500, "seed " + seed);
        assertTrue(ward.observations().senders.size() <= 64, "seed " + seed);
        assertTrue(ward.observations().elsewhere.size() <= 64, "seed " + seed);
        assertTrue(ward.observations().untracked() > 0, "seed " + seed);
    }
}
