package org.pfsyncd.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.pfsyncd.support.Program;

/** Runs tshark with our dissectors over a capture, under a configuration folder of its own. */
final class Tshark {
    private static final Path FOLDER = Path.of("ops/wireshark");
    private static final String SEPARATOR = "|";
    private static final String AGGREGATOR = ";";
    private static final String ROOT_WARNING = "Running as user \"root\"";

    private final Path home;
    private final List<String> scripts = new ArrayList<>();

    /**
     * Skips the test with one line where there is no tshark.
     *
     * @param home an empty folder: the plugins and preferences of the user must not matter.
     */
    Tshark(Path home) {
        Assumptions.assumeTrue(
                isInstalled(), "skipped: tshark is not installed; run apt-get install tshark");
        this.home = home;
    }

    Tshark script(String name) {
        return script(FOLDER.resolve(name));
    }

    Tshark script(Path path) {
        scripts.add(path.toString());
        return this;
    }

    /** Everything that a person would see. */
    String details(Path pcap, String... options) throws IOException {
        List<String> command = command(pcap);
        command.add("-V");
        command.addAll(List.of(options));
        return run(command);
    }

    /** The values of some fields, a packet; fields that a packet lacks are empty lists. */
    List<Map<String, List<String>>> fields(Path pcap, List<String> names) throws IOException {
        List<String> command = command(pcap);
        command.addAll(List.of("-T", "fields", "-E", "occurrence=a"));
        command.addAll(List.of("-E", "separator=" + SEPARATOR, "-E", "aggregator=" + AGGREGATOR));
        command.addAll(List.of("-e", "frame.number"));
        names.forEach(name -> command.addAll(List.of("-e", name)));
        List<Map<String, List<String>>> packets = new ArrayList<>();
        run(command)
                .lines()
                .filter(line -> !line.startsWith(ROOT_WARNING))
                .forEach(line -> packets.add(packet(line, names, packets.size() + 1)));
        return packets;
    }

    private static Map<String, List<String>> packet(String line, List<String> names, int number) {
        String[] columns = line.split("\\" + SEPARATOR, -1);
        if (columns.length != names.size() + 1 || !columns[0].equals(String.valueOf(number))) {
            throw new AssertionError("not packet " + number + ": " + line);
        }
        Map<String, List<String>> packet = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            String column = columns[i + 1];
            packet.put(
                    names.get(i),
                    column.isEmpty() ? List.of() : List.of(column.split(AGGREGATOR, -1)));
        }
        return packet;
    }

    private List<String> command(Path pcap) {
        List<String> command = new ArrayList<>(List.of("env", "WIRESHARK_CONFIG_DIR=" + home));
        command.addAll(List.of("HOME=" + home, "tshark", "-n", "-r", pcap.toString()));
        scripts.forEach(script -> command.addAll(List.of("-X", "lua_script:" + script)));
        return command;
    }

    private static String run(List<String> command) throws IOException {
        Program.Result result = Program.run(command.toArray(String[]::new));
        if (result.exitCode() != 0) {
            throw new AssertionError("tshark ended with " + result.exitCode() + result.out());
        }
        return result.out();
    }

    private static boolean isInstalled() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, "tshark"))) {
                return true;
            }
        }
        return false;
    }
}
