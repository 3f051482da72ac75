package org.pfsyncd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

class StateTextTest {
    private static final long NOW_MS = 1_795_333_922_457L;

    private final NameTable names = new NameTable();
    private final StateText text = new StateText(names);

    @Test
    void shouldPrintSourceNatAsPfctl() {
        assertEquals(
                "all tcp 203.0.113.1:55555 (10.0.0.5:40000) -> 198.51.100.10:443      "
                        + " ESTABLISHED:ESTABLISHED\n",
                print("V02", Dialect.V6, 0));
    }

    @Test
    void shouldPrintSequencesAgesAndIdsAsPfctl() {
        assertEquals(
                """
                all tcp 203.0.113.1:55555 (10.0.0.5:40000) -> 198.51.100.10:443       ESTABLISHED:ESTABLISHED
                   [287454020 + 65536] wscale 7  [2695938256 + 65536](+100) wscale 8
                   age 01:02:05, expires in 23:59:50, 1000:4294967298 pkts, 64000:78187493520 bytes, rule 7, sticky-address
                   id: 0000000064f0a1b2 creatorid: a1b2c3d4
                """,
                print("V02", Dialect.V6, 2));
    }

    @Test
    void shouldPrintAnInboundRedirectOverIpv6() {
        assertEquals(
                "em0 udp 2001:db8:1::53[5353] (2001:db8:ffff::1[53]) <- 2001:db8::7[40000]      "
                        + " NO_TRAFFIC:SINGLE\n",
                print("V03", Dialect.V6, 0));
    }

    @Test
    void shouldPrintTheSameForFreeBsd13() {
        assertEquals(print("V02", Dialect.V6, 0), print("V15", Dialect.V1301, 0));
    }

    @Test
    void shouldPrintFlagsAndRouteOfFreeBsd14() {
        StateRecord state = Vectors.state("V16", Dialect.V1400, names, NOW_MS);
        assertEquals(
                "vtnet1 tcp 198.51.100.10:443 <- 10.0.0.5:40000       ESTABLISHED:ESTABLISHED\n",
                print(state, 0));
        assertEquals(
                "   id: 0300000066112233 creatorid: a1b2c3d4 route-to: 192.0.2.254@vtnet2",
                print(state, 2)
                        .lines()
                        .skip(3)
                        .findFirst()
                        .orElseThrow()
                        .replaceAll(" rtable: .*", ""));
        state.stateFlags(0xC3FF).setTos(0x10).setPrio0(3).setPrio1(5).dnpipe(1).dnrpipe(2);
        state.log(3).minTtl(64).maxMss(1440).syncFlags(0x0C).rule(7).anchor(2);
        assertEquals(
                ", anchor 2, rule 7, allow-opts, sloppy, no-sync, pflow, psync-ack, no-df, set-tos"
                        + " 0x10, random-id, reassemble-tcp, set-prio (0x03 0x05), dummynet pipe (1"
                        + " 2), source-track, sticky-address, log (all), min-ttl 64, max-mss 1440",
                print(state, 1)
                        .lines()
                        .skip(2)
                        .findFirst()
                        .orElseThrow()
                        .replaceAll(".* bytes", ""));
    }

    @Test
    void shouldPrintNat64WithTheOriginalKeyExchanged() {
        assertEquals(
                "all tcp 203.0.113.1:50123 (2001:db8::5[40001]) -> 198.51.100.10:443"
                        + " (64:ff9b::c633:640a[443])       ESTABLISHED:ESTABLISHED\n",
                print("V17", Dialect.V1500, 0));
        assertEquals(
                "   origif: vtnet1",
                print("V17", Dialect.V1500, 2).lines().skip(4).findFirst().orElseThrow());
    }

    @Test
    void shouldNotShowTheFarPortOfAnEcho() {
        StateRecord state = blank(4).wireProto(1).stackProto(1).direction(2);
        state.wirePort0(8).wirePort1(0x4321).stackPort0(0x1234).stackPort1(0x1234);
        put(state, StateRecord.WIRE_ADDR0_OFFSET, 9, 9, 9, 9);
        put(state, StateRecord.WIRE_ADDR1_OFFSET, 203, 0, 113, 1);
        put(state, StateRecord.STACK_ADDR0_OFFSET, 9, 9, 9, 9);
        put(state, StateRecord.STACK_ADDR1_OFFSET, 10, 0, 0, 5);
        assertEquals(
                "all icmp 203.0.113.1:17185 (10.0.0.5:4660) -> 9.9.9.9:8       0:0\n",
                print(state, 0));
    }

    @Test
    void shouldNamePeerStatesByProtocol() {
        assertEquals("CLOSED:TIME_WAIT", peers(6, Dialect.V6, 0, 10));
        assertEquals("PROXY:SRC", peers(6, Dialect.V6, 11, 4));
        assertEquals("PROXY:DST", peers(6, Dialect.V6, 4, 12));
        assertEquals("<BAD STATE LEVELS 13:4>", peers(6, Dialect.V6, 13, 4));
        assertEquals("MULTIPLE:NO_TRAFFIC", peers(17, Dialect.V6, 2, 0));
        assertEquals("3:0", peers(17, Dialect.V6, 3, 0));
        assertEquals("SINGLE:SINGLE", peers(47, Dialect.V6, 1, 1));
        assertEquals("1:1", peers(58, Dialect.V6, 1, 1));
        assertEquals("ESTABLISHED:?", peers(132, Dialect.V1400, 8, 3));
        assertEquals("MULTIPLE:MULTIPLE", peers(132, Dialect.V6, 2, 2));
    }

    @Test
    void shouldPrefixRoutingDomainsAndNumberUnknownProtocols() {
        StateRecord state = blank(4).wireProto(253).stackProto(253).direction(1);
        state.wireRdomain(0).stackRdomain(7);
        put(state, StateRecord.WIRE_ADDR0_OFFSET, 10, 0, 0, 1);
        put(state, StateRecord.STACK_ADDR0_OFFSET, 10, 0, 0, 1);
        put(state, StateRecord.WIRE_ADDR1_OFFSET, 10, 0, 0, 2);
        put(state, StateRecord.STACK_ADDR1_OFFSET, 10, 0, 0, 2);
        assertEquals(
                "all 253 (7) 10.0.0.2 <- (7) 10.0.0.1       NO_TRAFFIC:NO_TRAFFIC\n",
                print(state, 0));
    }

    @Test
    void shouldKeepAgeAndRestStandingStillTogether() {
        StateRecord state = blank(4).createdAtMs(NOW_MS - 1).expiresAtMs(NOW_MS + 59_999);
        assertEquals(0, StateTimes.ageS(state, NOW_MS));
        assertEquals(60, StateTimes.expireS(state, NOW_MS));
        assertEquals(1, StateTimes.ageS(state, NOW_MS + 999));
        assertEquals(59, StateTimes.expireS(state, NOW_MS + 999));
        assertEquals(0, StateTimes.expireS(state, NOW_MS + 70_000), "never negative");
        assertEquals(0, StateTimes.ageS(state, NOW_MS - 5_000), "never negative");
    }

    @Test
    void shouldNotWrapHoursIntoDays() {
        StringBuilder out = new StringBuilder();
        TextFormat.appendDuration(out, 100 * 3600 + 61);
        assertEquals("100:01:01", out.toString());
    }

    @Test
    void shouldAllocateNothing() {
        StateRecord state = Vectors.state("V02", Dialect.V6, names, NOW_MS);
        StringBuilder out = new StringBuilder(1024);
        Allocation.assertNoneInSteadyState(
                () -> {
                    out.setLength(0);
                    text.append(out, state, 2, NOW_MS);
                });
    }

    private String peers(int protocol, Dialect dialect, int src, int dst) {
        StateRecord state = blank(4).wireProto(protocol).direction(2).dialect(dialect.ordinal());
        state.src().state(src);
        state.dst().state(dst);
        StringBuilder out = new StringBuilder();
        StateText.appendPeers(out, state);
        return out.toString();
    }

    private String print(String vector, Dialect dialect, int verbosity) {
        return print(Vectors.state(vector, dialect, names, NOW_MS), verbosity);
    }

    private String print(StateRecord state, int verbosity) {
        StringBuilder out = new StringBuilder();
        text.append(out, state, verbosity, NOW_MS);
        return out.toString();
    }

    private StateRecord blank(int family) {
        StateRecord state =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0).clear();
        return state.ifname(names.intern("all")).wireAf(family).stackAf(family);
    }

    private static void put(StateRecord state, int field, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            state.buffer().putByte(state.offset() + field + i, (byte) bytes[i]);
        }
    }
}
