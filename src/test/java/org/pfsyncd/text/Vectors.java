package org.pfsyncd.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;

/** The published test vectors, by name: {@code V02}, {@code N7}. */
public final class Vectors {
    private static final int FIRST_MESSAGE = 24;
    private static final Map<String, byte[]> BYTES = load();

    private Vectors() {}

    public static byte[] bytes(String name) {
        return BYTES.get(name).clone();
    }

    /** The first state of a vector, decoded as if received at {@code nowMs}. */
    static StateRecord state(String name, Dialect dialect, NameTable names, long nowMs) {
        StateRecord state =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
        UnsafeBuffer frame = new UnsafeBuffer(bytes(name));
        if (StateDecoder.over(frame, FIRST_MESSAGE, dialect).decode(state, names, nowMs) != null) {
            throw new AssertionError(name + " does not decode");
        }
        return state;
    }

    private static Map<String, byte[]> load() {
        Map<String, byte[]> map = new HashMap<>();
        try (InputStream in = Vectors.class.getResourceAsStream("/text/vectors.txt")) {
            new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.split(" ", 2))
                    .forEach(part -> map.put(part[0], HexFormat.of().parseHex(part[1])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return map;
    }
}
