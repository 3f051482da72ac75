package org.pfsyncd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code ops/pfsyncd.toml} documents every key with the default that the code has, and no other
 * key.
 */
class AnnotatedConfigTest {
    private static final Path FILE = Path.of("ops/pfsyncd.toml");
    private static final Machine MACHINE = new Machine("fw-mirror", true, "root", List.of("lo"));

    /** Lines that show a value which is an example, because the default is computed or none. */
    private static final Pattern EXAMPLES =
            Pattern.compile("# (allow|interfaces|names|address|local-address|interface) = .*");

    private static final Pattern DEFAULT = Pattern.compile("# ([a-z][a-z.-]* = .*)");

    @Test
    void shouldLoadAsItIs() throws ConfigException, IOException {
        PfsyncdConfig config = ConfigLoader.parse(Files.readString(FILE), FILE.toString(), MACHINE);
        assertEquals(1, config.groups().size());
    }

    @Test
    void shouldShowTheDefaultsThatTheCodeHas() throws ConfigException, IOException {
        PfsyncdConfig defaults =
                ConfigLoader.parse(Files.readString(FILE), FILE.toString(), MACHINE);
        PfsyncdConfig written = ConfigLoader.parse(uncommented(), FILE.toString(), MACHINE);
        assertEquals(defaults.node(), written.node());
        assertEquals(defaults.journal(), written.journal());
        assertEquals(defaults.timeoutSeconds(), written.timeoutSeconds());
        assertEquals(defaults.groups(), written.groups());
        assertEquals(List.of(), defaults.peers(), "whoever copies the file has no peer yet");
        PfsyncdConfig shortest =
                ConfigLoader.parse(
                        "[[peer]]\nname = \"fw-mirror-2\"\naddress = \"192.0.2.4\"\n",
                        "shortest",
                        MACHINE);
        assertEquals(shortest.peers(), written.peers());
    }

    @Test
    void shouldDocumentEveryKey() throws IOException {
        String text = Files.readString(FILE);
        List<String> keys =
                List.of(
                        "name",
                        "data-dir",
                        "run-dir",
                        "mode",
                        "idle",
                        "capacity",
                        "roll",
                        "block-size",
                        "ring-size",
                        "reserve",
                        "retain-age",
                        "retain-size",
                        "fsync",
                        "snapshot-rate",
                        "tcp.first",
                        "sctp.closed",
                        "syncdev",
                        "syncpeer",
                        "address",
                        "role",
                        "dialect",
                        "ack",
                        "allow",
                        "realm",
                        "bulk-rate",
                        "bulk-pace",
                        "interfaces",
                        "silence",
                        "carrier",
                        "udp-port",
                        "creatorid",
                        "protocol",
                        "local-address",
                        "interface",
                        "mtu",
                        "rate",
                        "window");
        for (String key : keys) {
            assertTrue(
                    Pattern.compile("(?m)^(# )?" + Pattern.quote(key) + " = ").matcher(text).find(),
                    key + " is not in " + FILE);
        }
        for (String key : readKeys()) {
            assertTrue(
                    text.contains("\n# " + key + " = ") || text.contains("\n" + key + " = "), key);
        }
    }

    /** Every key that the reading code asks for, taken from its source. */
    private static List<String> readKeys() throws IOException {
        Pattern asked =
                Pattern.compile(
                        "(?:text|choice|number|seconds|bytes|list|has|flag|map)\\(\\s*\"([a-z-]+)\"");
        StringBuilder source = new StringBuilder();
        for (String file : List.of("ConfigLoader", "GroupReader", "PeerReader")) {
            source.append(
                    Files.readString(
                            Path.of("src/main/java/org/pfsyncd/config/" + file + ".java")));
        }
        String timeouts =
                Files.readString(Path.of("src/main/java/org/pfsyncd/config/TimeoutSection.java"));
        Stream<String> classes =
                Pattern.compile("\"([a-z]+\\.[a-z]+)\"")
                        .matcher(timeouts)
                        .results()
                        .map(result -> result.group(1));
        Stream<String> keys =
                asked.matcher(source)
                        .results()
                        .map(result -> result.group(1))
                        .filter(key -> !key.equals("group") && !key.equals("peer"));
        return Stream.concat(keys, classes).distinct().toList();
    }

    private static String uncommented() throws IOException {
        StringBuilder text = new StringBuilder();
        boolean isExample = true;
        boolean isPeer = false;
        for (String line : Files.readAllLines(FILE)) {
            isExample &= !line.startsWith("[");
            isPeer |= line.equals("# [[peer]]");
            boolean isDefault =
                    DEFAULT.matcher(line).matches() && !EXAMPLES.matcher(line).matches();
            boolean isPeersOwn =
                    line.equals("# [[peer]]") || (isPeer && line.startsWith("# address = "));
            text.append(!isExample && (isDefault || isPeersOwn) ? line.substring(2) : line)
                    .append('\n');
        }
        return text.toString();
    }
}
