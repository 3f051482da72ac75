package org.pfsyncd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write into a configuration by mistake: refused with place, value and remedy. */
class ConfigErrorsTest {
    private static final Machine MACHINE = new Machine("fw1", false, "me", List.of("em1", "lo"));
    private static final String PEER = "[[peer]]\nname = \"fw2\"\naddress = \"192.0.2.2\"\n";
    private static final String GROUP = "[[group]]\nname = \"lan\"\nsyncdev = \"em1\"\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "syncpeer = \"300.1.1.1\"",
                "syncpeer = \"1.2.3\"",
                "syncpeer = \"fw2.example.net\"",
                "syncpeer = \"fe80:::1\"",
                "address = \"192.0.2.256\"",
                "allow = [\"192.0.2.1\", \"192.0.2.300\"]",
                "allow = [\"192.0.2.0/33\"]",
                "allow = [\"2001:db8::/129\"]",
                "allow = [\"192.0.2.0/\"]",
                "allow = [5]",
                "bulk-rate = \"12\"",
                "bulk-rate = \"0/10m\"",
                "bulk-rate = \"12/0s\"",
                "bulk-rate = \"12/soon\"",
                "bulk-pace = 0",
                "silence = \"999999999999999d\"",
                "interfaces = [\"sixteen-letters-\"]",
                "interfaces = [\"\"]",
                "answer-rate = 0",
                "answer-rate = 10000001",
                "answer-rate = \"5000\"",
                "role = \"master\"",
                "ack = true",
                "dialect = 1302",
                "carrier = \"tcp\"",
                "udp-port = 0",
                "udp-port = 65536",
                "udp-port = \"2400\"",
                "realm = 7",
                "creatorid = \"a1b2c3d4e\"",
                "creatorid = \"host\"",
            })
    void shouldRefuseAGroupsValueAtItsLine(String line) {
        String key = line.substring(0, line.indexOf(' '));
        assertOneProblem(GROUP + line + "\n", "f.toml:4: group." + key + " ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allow = [\"192.0.2.0/0\", \"192.0.2.1/32\", \"2001:db8::/0\","
                        + " \"2001:db8::1/128\"]",
                "syncpeer = \"2001:db8::1\"",
                "syncpeer = \"::ffff:192.0.2.1\"",
                "interfaces = [\"fifteen-letters\", \"a\"]",
                "udp-port = 1",
                "udp-port = 65535",
                "dialect = 1400",
                "creatorid = \"ffffffff\"",
                "creatorid = \"0x1\"",
                "bulk-rate = \"1/1s\"",
                "silence = \"30d\"",
            })
    void shouldAcceptTheOtherSideOfTheEdge(String line) throws ConfigException {
        assertEquals(1, parse(GROUP + line + "\n").groups().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "carrier = \"tcp\"",
                "protocol = 0",
                "protocol = 1",
                "protocol = 6",
                "protocol = 17",
                "protocol = 58",
                "protocol = 112",
                "protocol = 240",
                "protocol = 255",
                "protocol = \"253\"",
                "udp-port = 1023",
                "udp-port = 65536",
                "local-address = \"fw1.example.net\"",
                "local-address = \"224.0.0.1\"",
                "local-address = \"2001:db8::1\"",
                "local-address = \"192.0.2.2\"",
                "local-address = \"::ffff:192.0.2.2\"",
                "interface = \"em7\"",
                "interface = \"\"",
                "mtu = 575",
                "mtu = 1",
                "mtu = -1",
                "mtu = 65536",
                "mode = \"send\"",
                "rate = \"fast\"",
                "rate = \"65535\"",
                "rate = 1",
                "rate = -1",
                "rate = \"2TiB\"",
                "window = \"3MiB\"",
                "window = 262143",
                "window = \"128KiB\"",
                "window = \"128MiB\"",
                "syncpeer = \"192.0.2.9\"",
            })
    void shouldRefuseAPeersValueAtItsLine(String line) {
        String key = line.substring(0, line.indexOf(' '));
        assertOneProblem(PEER + line + "\n", "f.toml:4: peer." + key + " ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "carrier = \"udp\"",
                "protocol = 2",
                "protocol = 241",
                "protocol = 254",
                "udp-port = 1024",
                "udp-port = 65535",
                "local-address = \"192.0.2.1\"",
                "interface = \"em1\"",
                "mtu = 0",
                "mtu = 576",
                "mtu = 65535",
                "mode = \"receive\"",
                "rate = \"0\"",
                "rate = \"64KiB\"",
                "rate = \"1TiB\"",
                "window = \"256KiB\"",
                "window = \"64MiB\"",
            })
    void shouldAcceptAPeersValueOnTheOtherSideOfTheEdge(String line) throws ConfigException {
        assertEquals(1, parse(PEER + line + "\n").peers().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name = \"fw2\"",
                "address = \"192.0.2.2\"",
                "name = \"fw2\"\naddress = \"\"",
                "name = \"\"\naddress = \"192.0.2.2\"",
                "name = \"fw 2\"\naddress = \"192.0.2.2\"",
                "name = \"fw1\"\naddress = \"192.0.2.2\"",
                "name = \"fw2\"\naddress = \"fw2.example.net\"",
                "name = \"fw2\"\naddress = \"192.0.2\"",
                "name = \"fw2\"\naddress = \"224.0.0.240\"",
                "name = \"fw2\"\naddress = \"255.255.255.255\"",
                "name = \"fw2\"\naddress = \"0.0.0.0\"",
                "name = \"fw2\"\naddress = \"ff02::1\"",
                "name = \"fw2\"\naddress = \"::\"",
                "name = \"fw2\"\naddress = \"fe80::1\"",
                "name = \"fw2\"\naddress = \"fe80::1%em1\"\ninterface = \"em1\"",
            })
    void shouldRefuseAPeerThatCannotBeReachedOrNamed(String lines) {
        assertOneProblem("[[peer]]\n" + lines + "\n", "f.toml:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"peer = 5", "peer = [1]", "peer = {name = \"fw2\"}"})
    void shouldRefusePeersThatAreSomethingElse(String line) {
        assertOneProblem(line, "f.toml:1: peer is not a list of tables; write [[peer]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[journal]\nroll = \"31m\"",
                "[journal]\nblock-size = \"1000000\"",
                "[journal]\nblock-size = 1048577",
                "[journal]\nring-size = \"4MiB\"",
                "[journal]\nretain-age = \"59s\"",
                "[journal]\nretain-size = \"8 GB\"",
                "[journal]\nfsync = -1",
                "[node]\nname = \"a/b\"",
                "[node]\nname = \"\"",
                "[node]\nname = \"..\"",
                "[node]\nmode = \"threads\"",
                "[node]\ncapacity = 1e6",
                "[node]\nidle = {}",
                "[timeouts]\ntcp = 5",
                "[timeouts]\ntcp.first = -1",
                "[timeouts]\n\"tcp.first.second\" = 1",
                "[timeouts]\n\"\" = 1",
            })
    void shouldRefuseAValueOfATableAtItsLine(String lines) {
        String table = lines.substring(1, lines.indexOf(']'));
        assertOneProblem(lines + "\n" + GROUP, "f.toml:2: " + table + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"node = 5", "group = 5", "group = [1]", "group = {name = \"lan\"}"})
    void shouldRefuseATableThatIsSomethingElse(String line) {
        assertOneProblem(line.startsWith("node") ? line + "\n" + GROUP : line, "f.toml:1: ");
    }

    @Test
    void shouldNotInventAGroup() {
        assertOneProblem("", "f.toml:1: there is no [[group]] and no [[peer]]; add a [[group]]");
        assertOneProblem("[node]\n", "f.toml:1: there is no [[group]] and no [[peer]]; add a");
    }

    @Test
    void shouldNameTheLineOfAKeyWrittenTwice() {
        assertOneProblem(GROUP + "ack = \"auto\"\nack = \"never\"\n", "f.toml:5: ");
    }

    @Test
    void shouldRefuseAFileThatIsNoText(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("p.toml"), new byte[] {'a', (byte) 0xff});
        ConfigException e =
                assertThrows(ConfigException.class, () -> ConfigLoader.load(file, MACHINE));
        assertTrue(e.getMessage().startsWith(file + ":0: "), e.getMessage());
        assertTrue(e.getMessage().contains("UTF-8"), e.getMessage());
    }

    @Test
    void shouldRefuseADirectoryInPlaceOfAFile(@TempDir Path directory) {
        ConfigException e =
                assertThrows(ConfigException.class, () -> ConfigLoader.load(directory, MACHINE));
        assertTrue(
                e.getMessage().startsWith(directory + ":0: the file cannot be read"),
                e.getMessage());
    }

    /** Whatever an editor or a disk does to a file, it is accepted or refused, nothing else. */
    @Property
    void shouldAcceptOrRefuseAnyDamage(
            @ForAll @IntRange(max = 100_000) int place,
            @ForAll @IntRange(max = 40) int cut,
            @ForAll @IntRange(min = 9, max = 126) int inserted)
            throws IOException {
        String text =
                Files.readString(Path.of("ops/pfsyncd.toml"))
                        .replaceAll("(?m)^# (?=\\S+ =|\\[\\[)", "");
        int from = place % text.length();
        int to = Math.min(text.length(), from + cut);
        String damaged = text.substring(0, from) + (char) inserted + text.substring(to);
        try {
            parse(new String(damaged.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        } catch (ConfigException e) {
            assertTrue(
                    e.problems().stream().allMatch(line -> line.matches("(?s)f\\.toml:\\d+: .+")),
                    e.getMessage());
        }
    }

    private static PfsyncdConfig parse(String text) throws ConfigException {
        return ConfigLoader.parse(text, "f.toml", MACHINE);
    }

    private static void assertOneProblem(String text, String start) {
        ConfigException e = assertThrows(ConfigException.class, () -> parse(text));
        assertEquals(1, e.problems().size(), e.getMessage());
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
        assertTrue(e.getMessage().contains("; "), "no remedy: " + e.getMessage());
        assertTrue(!e.getMessage().contains("@"), "an object, not a value: " + e.getMessage());
    }
}
