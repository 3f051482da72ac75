package org.pfsyncd.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Reads a configuration, collecting everything that is wrong with it before it refuses. {@code
 * ops/pfsyncd.toml} documents every key. Stateless.
 */
public final class ConfigLoader {
    static final String NODE_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
    private static final List<String> ROLL_CHOICES =
            List.of("5m", "10m", "20m", "30m", "1h", "2h", "4h", "6h", "1d");

    private ConfigLoader() {}

    /** Reads a file. */
    public static PfsyncdConfig load(Path file, Machine machine) throws ConfigException {
        try {
            return parse(Files.readString(file), file.toString(), machine);
        } catch (NoSuchFileException e) {
            throw new ConfigException(
                    List.of(
                            file
                                    + ":0: the file does not exist; name another with -c, or copy"
                                    + " ops/pfsyncd.toml there"));
        } catch (CharacterCodingException e) {
            throw new ConfigException(
                    List.of(file + ":0: the file is not UTF-8 text; save it as UTF-8"));
        } catch (IOException e) {
            throw new ConfigException(
                    List.of(
                            file
                                    + ":0: the file cannot be read ("
                                    + e.getMessage()
                                    + "); check its owner and permissions"));
        }
    }

    /** Reads a text; {@code file} is named in messages. */
    public static PfsyncdConfig parse(String text, String file, Machine machine)
            throws ConfigException {
        List<String> problems = new ArrayList<>();
        TomlParseResult result = Toml.parse(text);
        for (TomlParseError error : result.errors()) {
            problems.add(
                    file
                            + ":"
                            + error.position().line()
                            + ": "
                            + error.getMessage()
                            + "; see ops/pfsyncd.toml for the form");
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        Section root = new Section(result, "", file, null, problems);
        NodeConfig node = node(section(result, root, "node", file, problems), machine);
        List<Section> groups = tables(result, root, "group", file, problems);
        List<Section> peers = tables(result, root, "peer", file, problems);
        PfsyncdConfig config =
                new PfsyncdConfig(
                        node,
                        journal(section(result, root, "journal", file, problems)),
                        TimeoutSection.read(section(result, root, "timeouts", file, problems)),
                        groups(groups, machine),
                        peers(peers, node.name(), machine));
        if (!root.has("group") && !root.has("peer")) {
            problems.add(
                    file
                            + ":1: there is no [[group]] and no [[peer]]; add a [[group]] with name"
                            + " and syncdev to mirror firewalls, or a [[peer]] with name and"
                            + " address to mirror another node");
        }
        root.refuseUnknown();
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }

    private static Section section(
            TomlParseResult result, Section root, String name, String file, List<String> problems) {
        if (root.has(name) && !(result.get(List.of(name)) instanceof TomlTable)) {
            root.complain(name, "is not a table", "write [" + name + "]");
            return new Section(null, name + ".", file, null, problems);
        }
        return new Section(
                result.getTable(List.of(name)),
                name + ".",
                file,
                result.inputPositionOf(List.of(name)),
                problems);
    }

    private static NodeConfig node(Section node, Machine machine) {
        String name = node.text("name", machine.hostName());
        if (!name.matches(NODE_NAME)) {
            node.complain(
                    "name",
                    "is \"" + name + "\"",
                    "use 1 to 63 letters, digits, dots, dashes and underscores");
            name = "node";
        }
        String dataDir = node.text("data-dir", null);
        String runDir = node.text("run-dir", null);
        NodeConfig config =
                new NodeConfig(
                        name,
                        dataDir == null ? machine.defaultDataDir(name) : Path.of(dataDir),
                        runDir == null ? machine.defaultRunDir(name) : Path.of(runDir),
                        node.choice("mode", "shared", List.of("shared", "dedicated")),
                        node.choice("idle", "backoff", List.of("backoff", "yield", "busy-spin")),
                        node.number("capacity", 1_000_000, 1, 64_000_000));
        node.refuseUnknown();
        return config;
    }

    private static JournalConfig journal(Section journal) {
        String roll = journal.choice("roll", "30m", ROLL_CHOICES);
        long ringBytes = journal.bytes("ring-size", 32 << 20, 8 << 20, 1 << 30);
        if (Long.bitCount(ringBytes) != 1) {
            journal.complain(
                    "ring-size", "is " + ringBytes, "give a power of two, such as \"32MiB\"");
        }
        long blockBytes = journal.bytes("block-size", 64 << 20, 1 << 20, 1 << 30);
        if (blockBytes % (1 << 18) != 0) {
            journal.complain("block-size", "is " + blockBytes, "give a multiple of 256 KiB");
        }
        JournalConfig config =
                new JournalConfig(
                        (int) (Units.seconds(roll).orElseThrow() / 60),
                        (int) blockBytes,
                        (int) ringBytes,
                        journal.bytes("reserve", 256 << 20, 0, 1L << 50),
                        journal.seconds("retain-age", 7 * 86_400, 60, 3650L * 86_400),
                        journal.bytes("retain-size", 8L << 30, 1 << 20, 1L << 50),
                        journal.seconds("fsync", 0, 0, 86_400),
                        journal.bytes("snapshot-rate", 64 << 20, 1 << 20, 1L << 40));
        journal.refuseUnknown();
        return config;
    }

    private static List<GroupConfig> groups(List<Section> tables, Machine machine) {
        List<GroupConfig> groups = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section table : tables) {
            GroupConfig group = GroupReader.read(table, machine);
            groups.add(group);
            refuseSecond(table, group.name(), names, "group");
            table.refuseUnknown();
        }
        return groups;
    }

    private static List<PeerConfig> peers(List<Section> tables, String node, Machine machine) {
        List<PeerConfig> peers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Section table : tables) {
            PeerConfig peer = PeerReader.read(table, node, machine);
            refuseSecond(table, peer.name(), names, "peer");
            if (AddressForm.isUnicast(peer.address())) {
                for (PeerConfig other : peers) {
                    refuseSharedEndpoint(table, peer, other);
                }
            }
            peers.add(peer);
            table.refuseUnknown();
        }
        return peers;
    }

    private static void refuseSecond(Section table, String name, Set<String> names, String kind) {
        if (!names.add(name) && !name.isEmpty()) {
            table.complain(
                    "name",
                    "is \"" + name + "\", which another " + kind + " has",
                    "give each " + kind + " a name of its own");
        }
    }

    /** Two peers there could not be told apart by what arrives. */
    private static void refuseSharedEndpoint(Section table, PeerConfig peer, PeerConfig other) {
        if (peer.endpoint().equals(other.endpoint())
                && AddressForm.isUnicast(other.address())
                && AddressForm.isSame(peer.address(), other.address())) {
            table.complain(
                    "address",
                    "is \""
                            + peer.address()
                            + "\" over "
                            + peer.endpoint()
                            + ", where peer "
                            + other.name()
                            + " is",
                    "give each peer an address, or a protocol or udp-port, of its own");
        }
    }

    /** The tables of a list; none where the file has none or something else. */
    private static List<Section> tables(
            TomlParseResult result, Section root, String name, String file, List<String> problems) {
        List<Section> tables = new ArrayList<>();
        Object value = root.has(name) ? result.get(List.of(name)) : null;
        if (value == null) {
            return tables;
        }
        boolean isTables =
                value instanceof TomlArray list
                        && list.toList().stream().allMatch(TomlTable.class::isInstance);
        if (!isTables) {
            root.complain(name, "is not a list of tables", "write [[" + name + "]]");
            return tables;
        }
        TomlArray array = (TomlArray) value;
        for (int i = 0; i < array.size(); i++) {
            tables.add(
                    new Section(
                            array.getTable(i),
                            name + ".",
                            file,
                            array.inputPositionOf(i),
                            problems));
        }
        return tables;
    }
}
