package org.pfsyncd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfsyncd.wire.TimeoutClass;

class ConfigLoaderTest {
    private static final Machine MACHINE =
            new Machine("fw1", false, "me", List.of("em0", "em1", "lo"));
    private static final String PEER = "[[peer]]\nname = \"fw2\"\naddress = \"192.0.2.2\"\n";
    private static final String MINIMAL = "[[group]]\nname = \"lan\"\nsyncdev = \"em1\"\n";

    @Test
    void shouldTakeThreeLines() throws ConfigException {
        PfsyncdConfig config = parse(MINIMAL);
        assertEquals("fw1", config.node().name());
        assertEquals(Path.of("pfsyncd-data"), config.node().dataDir());
        assertEquals("224.0.0.240", config.groups().get(0).syncpeer());
        assertEquals("lan", config.groups().get(0).realm());
        assertEquals(List.of(), config.groups().get(0).allow());
    }

    /** Who replays a journal far from its firewalls has other interfaces. */
    @Test
    void shouldNotAskForInterfacesWhereTheyDoNotMatter() throws ConfigException {
        String elsewhere = MINIMAL.replace("em1", "vmx7") + PEER + "interface = \"vmx8\"\n";
        PfsyncdConfig config = ConfigLoader.parse(elsewhere, "f.toml", MACHINE.withAnyInterface());
        assertEquals("vmx7", config.groups().get(0).syncdev());
        assertProblem(elsewhere, "f.toml:3: group.syncdev is \"vmx7\", which does not exist");
    }

    @Test
    void shouldBelieveOnlyAUnicastPeerUnlessToldOtherwise() throws ConfigException {
        assertEquals(
                List.of("192.0.2.1"),
                parse(MINIMAL + "syncpeer = \"192.0.2.1\"\n").groups().get(0).allow());
        assertEquals(
                List.of(),
                parse(MINIMAL + "syncpeer = \"192.0.2.1\"\nallow = []\n").groups().get(0).allow());
    }

    @Test
    void shouldOfferTheNearestNameForAnUnknownKey() {
        assertProblem(
                MINIMAL + "synpeer = \"192.0.2.1\"\n",
                "f.toml:4: group.synpeer is not a setting; did you mean syncpeer?");
        assertProblem(
                "[node]\ncapasity = 5\n" + MINIMAL,
                "f.toml:2: node.capasity is not a setting; did you mean capacity?");
        assertProblem("[jurnal]\nroll = \"1h\"\n" + MINIMAL, "did you mean journal?");
    }

    @Test
    void shouldRefuseWrongTypesWithLineAndRemedy() {
        assertProblem(
                "[node]\ncapacity = \"many\"\n" + MINIMAL,
                "f.toml:2: node.capacity is many; give a whole number");
        assertProblem(
                MINIMAL + "silence = \"soon\"\n",
                "f.toml:4: group.silence is soon; give a duration such as");
        assertProblem(
                MINIMAL + "allow = \"192.0.2.1\"\n",
                "f.toml:4: group.allow is 192.0.2.1; give a list of strings");
    }

    @Test
    void shouldRefuseValuesOnBothSidesOfTheirLimits() throws ConfigException {
        assertEquals(1, parse("[node]\ncapacity = 1\n" + MINIMAL).node().capacity());
        assertEquals(
                64_000_000, parse("[node]\ncapacity = 64000000\n" + MINIMAL).node().capacity());
        assertProblem("[node]\ncapacity = 0\n" + MINIMAL, "give a value from 1 to 64000000");
        assertProblem("[node]\ncapacity = 64000001\n" + MINIMAL, "give a value from 1 to 64000000");
        assertProblem("[journal]\nring-size = \"33MiB\"\n" + MINIMAL, "give a power of two");
    }

    @Test
    void shouldListTheInterfacesThatExist() {
        assertProblem(
                "[[group]]\nname = \"lan\"\nsyncdev = \"em7\"\n",
                "f.toml:3: group.syncdev is \"em7\", which does not exist; interfaces here: em0 em1"
                        + " lo");
    }

    @Test
    void shouldRefuseDuplicateNames() {
        assertProblem(
                MINIMAL + MINIMAL, "f.toml:5: group.name is \"lan\", which another group has");
    }

    @Test
    void shouldReportEverythingAtOnce() {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () -> parse("[node]\ncapacity = 0\nfoo = 1\n[[group]]\nname = \"a\"\n"));
        assertEquals(3, e.problems().size(), e.getMessage());
    }

    @Test
    void shouldSayWhereSyntaxBreaks() {
        assertProblem("[node\nname = 1\n", "f.toml:1:");
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () -> ConfigLoader.load(Path.of("/nowhere/p.toml"), MACHINE));
        assertTrue(
                e.getMessage().startsWith("/nowhere/p.toml:0: the file does not exist"),
                e.getMessage());
    }

    @Test
    void shouldReadTimeoutsByTheirNames() throws ConfigException {
        List<Integer> seconds =
                parse("[timeouts]\ntcp.first = 5\nudp.multiple = \"2m\"\n" + MINIMAL)
                        .timeoutSeconds();
        assertEquals(5, seconds.get(0));
        assertEquals(120, seconds.get(8));
        assertProblem("[timeouts]\ntcp.fist = 5\n" + MINIMAL, "did you mean tcp.first?");
    }

    /** The package may not ask {@code wire}; the order is what makes a name a class. */
    @Test
    void shouldNumberTimeoutsAsTheWireDoes() throws ConfigException {
        for (int timeout = 0; timeout < TimeoutClass.COUNT; timeout++) {
            boolean isOfStates = timeout < 14 || timeout > 19;
            if (isOfStates) {
                String table = "[timeouts]\n" + TimeoutClass.name(timeout) + " = 77\n";
                assertEquals(77, parse(table + MINIMAL).timeoutSeconds().get(timeout), table);
            }
        }
    }

    @Test
    void shouldTellWhatAReloadChanges() throws ConfigException {
        PfsyncdConfig old = parse(MINIMAL);
        assertTrue(ConfigDiff.between(old, parse(MINIMAL)).isEmpty());
        ConfigDiff diff =
                ConfigDiff.between(old, parse(MINIMAL + "ack = \"never\"\ndialect = \"v6\"\n"));
        assertEquals(List.of("group.lan.ack"), diff.live());
        assertEquals(List.of("group.lan.dialect"), diff.restart());
        diff =
                ConfigDiff.between(
                        old, parse(MINIMAL + "role = \"member\"\nanswer-rate = 200000\n"));
        assertEquals(List.of("group.lan.answer-rate"), diff.live());
        assertEquals(List.of("group.lan.role"), diff.restart());
    }

    @Test
    void shouldTakeAPeerWithoutAnyGroup() throws ConfigException {
        PfsyncdConfig config = parse(PEER);
        assertEquals(List.of(), config.groups());
        assertEquals(
                List.of(
                        new PeerConfig(
                                "fw2",
                                "192.0.2.2",
                                "raw",
                                253,
                                4240,
                                null,
                                null,
                                0,
                                "both",
                                0,
                                4 << 20)),
                config.peers());
        assertEquals("raw 253", config.peers().get(0).endpoint());
        assertFalse(config.peers().get(0).isReceiveOnly());
    }

    @Test
    void shouldReadEveryKeyOfAPeer() throws ConfigException {
        PeerConfig peer =
                parse(
                                MINIMAL
                                        + """
                                        [[peer]]
                                        name = "fw2"
                                        address = "fe80::2"
                                        carrier = "udp"
                                        protocol = 254
                                        udp-port = 4241
                                        local-address = "fe80::1"
                                        interface = "em0"
                                        mtu = 9000
                                        mode = "receive"
                                        rate = "100MiB"
                                        window = "16MiB"
                                        """)
                        .peers()
                        .get(0);
        assertEquals(
                new PeerConfig(
                        "fw2",
                        "fe80::2",
                        "udp",
                        254,
                        4241,
                        "fe80::1",
                        "em0",
                        9000,
                        "receive",
                        100L << 20,
                        16 << 20),
                peer);
        assertEquals("udp 4241", peer.endpoint());
        assertTrue(peer.isReceiveOnly());
    }

    @Test
    void shouldRefuseAPeerWithOurOwnName() {
        assertProblem(
                "[node]\nname = \"fw2\"\n" + PEER,
                "f.toml:4: peer.name is \"fw2\", which is this node's own; give the other node's");
    }

    @Test
    void shouldRefuseTwoPeersThatCannotBeToldApart() throws ConfigException {
        String third = PEER.replace("fw2", "fw3");
        assertProblem(
                PEER + PEER.replace("192.0.2.2", "192.0.2.3"),
                "f.toml:5: peer.name is \"fw2\", which another peer has");
        assertProblem(
                PEER + third,
                "f.toml:6: peer.address is \"192.0.2.2\" over raw 253, where peer fw2 is");
        assertProblem(PEER + third.replace("192.0.2.2", "::ffff:192.0.2.2"), "where peer fw2 is");
        assertEquals(2, parse(PEER + third + "protocol = 254\n").peers().size());
        assertEquals(2, parse(PEER + third + "carrier = \"udp\"\n").peers().size());
    }

    @Test
    void shouldSayWhyAProtocolIsRefused() {
        assertProblem(
                PEER + "protocol = 240\n",
                "f.toml:4: peer.protocol is 240, which is pfsync, which firewalls would read as"
                        + " their own; choose another, such as 253 or 254, on both ends");
    }

    @Test
    void shouldAskForARestartWhenPeersChange() throws ConfigException {
        PfsyncdConfig old = parse(MINIMAL + PEER);
        assertTrue(ConfigDiff.between(old, parse(MINIMAL + PEER)).isEmpty());
        ConfigDiff changed = ConfigDiff.between(old, parse(MINIMAL + PEER + "rate = \"1MiB\"\n"));
        assertEquals(List.of(), changed.live());
        assertEquals(List.of("peer.fw2.rate"), changed.restart());
        ConfigDiff renamed = ConfigDiff.between(old, parse(MINIMAL + PEER.replace("fw2", "fw3")));
        assertEquals(List.of("peer.fw3 (new)", "peer.fw2 (gone)"), renamed.restart());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "carrier = \"udp\"",
                "protocol = 254",
                "udp-port = 4241",
                "local-address = \"192.0.2.1\"",
                "interface = \"em0\"",
                "mtu = 1400",
                "mode = \"receive\"",
                "rate = \"1MiB\"",
                "window = \"8MiB\""
            })
    void shouldNoticeEachChangedKeyOfAPeer(String line) throws ConfigException {
        ConfigDiff diff = ConfigDiff.between(parse(PEER), parse(PEER + line + "\n"));
        assertEquals(List.of("peer.fw2." + line.substring(0, line.indexOf(' '))), diff.restart());
    }

    private static PfsyncdConfig parse(String text) throws ConfigException {
        return ConfigLoader.parse(text, "f.toml", MACHINE);
    }

    private static void assertProblem(String text, String expected) {
        ConfigException e = assertThrows(ConfigException.class, () -> parse(text));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
