package org.pfsyncd.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The test vectors of the specification, parsed from {@code vectors/pfsync.txt}. */
final class Vectors {
    private static final String RESOURCE = "/vectors/pfsync.txt";
    private static final String IPV4_FIRST_BYTE = "45";
    private static final int IPV4_HEADER_LENGTH = 20;

    /** What a layout table says of one place; several names where all of them are zero. */
    record Field(String hex, List<String> names) {
        byte[] value() {
            return Vectors.bytes(hex);
        }
    }

    /** One frame, as the IP payload. */
    record Vector(String name, String title, String hex, List<Field> fields) {
        byte[] frame() {
            return bytes(hex);
        }

        @Override
        public String toString() {
            return name + " " + title;
        }
    }

    private Vectors() {}

    static Stream<Vector> positive() {
        return read("vector");
    }

    static Stream<Vector> negative() {
        return read("negative");
    }

    static Vector named(String name) {
        return Stream.concat(positive(), negative())
                .filter(v -> v.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Vector> read(String kind) {
        List<Vector> vectors = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : lines()) {
            if (line.startsWith("negative ") && kind.equals("negative")) {
                String[] parts = line.split(" ", 3);
                vectors.add(new Vector(parts[1], "", parts[2], List.of()));
            } else if (line.startsWith("vector ") || !block.isEmpty()) {
                if (line.isEmpty()) {
                    vectors.add(parse(block));
                    block.clear();
                } else {
                    block.add(line);
                }
            }
        }
        return vectors.stream().filter(v -> v.name.startsWith("N") == kind.equals("negative"));
    }

    private static Vector parse(List<String> block) {
        String[] head = block.get(0).split(" ", 3);
        StringBuilder packet = new StringBuilder();
        List<Field> fields = new ArrayList<>();
        for (String line : block) {
            if (line.startsWith("hex ")) {
                packet.append(line.substring(4).replace(" ", ""));
            } else if (line.startsWith("field ")) {
                String[] parts = line.split(" ", 5);
                fields.add(new Field(parts[3], List.of(parts[4].split(","))));
            }
        }
        boolean hasIpHeader = packet.indexOf(IPV4_FIRST_BYTE) == 0;
        String frame = packet.substring(hasIpHeader ? 2 * IPV4_HEADER_LENGTH : 0);
        return new Vector(head[1], head[2], frame, fields);
    }

    private static byte[] bytes(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static List<String> lines() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(Vectors.class.getResourceAsStream(RESOURCE)),
                                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
