package org.pfsyncd.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Frames that real FreeBSD 12.1 hosts sent, one of each shape, from {@code recorded.txt}. */
final class Recorded {
    /** A frame, and the recording it is from. */
    record Frame(String recording, String hex) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public String toString() {
            return recording + ", " + hex.length() / 2 + " bytes";
        }
    }

    private Recorded() {}

    static List<Frame> frames() {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        Recorded.class.getResourceAsStream(
                                                "/vectors/recorded.txt")),
                                StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .map(parts -> new Frame(parts[0], parts[1]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
