package org.pfsyncd.bench.micro;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Action;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameWalker;

/**
 * Frames to measure with: those that FreeBSD 12.1 hosts sent while being recorded, and the
 * specification's vectors where no recording of a dialect exists. All lie outside the heap, as what
 * the receive slab holds.
 */
final class Frames {
    private static final int IP_HEADER_LENGTH = 20;
    private static final int UPD_C_LENGTH = 84;
    private static final int DEL_C_LENGTH = 12;

    private Frames() {}

    /** Every recorded frame; header version 5, states in the form of 1301. */
    static List<UnsafeBuffer> recorded() {
        return lines("/vectors/recorded.txt").stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> buffer(HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1))))
                .toList();
    }

    /**
     * One INS region with {@code count} states of the dialect: for 1301 the first one recorded, for
     * the others that of the vector. The states differ in their ids.
     */
    static UnsafeBuffer states(Dialect dialect, int count) {
        UnsafeBuffer source =
                switch (dialect) {
                    case V1301 -> firstRecordedInsert();
                    case V1400 -> vector("V16");
                    case V1500 -> vector("V17");
                    default -> vector("V02");
                };
        UnsafeBuffer frame = repeated(source, dialect, dialect.stateLength(), count);
        int first = FrameWalker.HEADER_LENGTH + FrameWalker.SUBHEADER_LENGTH;
        for (int i = 0; i < count; i++) {
            long id = 0x64f0_a1b2_0000_0001L + i; // Every dialect's state starts with it.
            frame.putLong(first + i * dialect.stateLength(), id, BIG_ENDIAN);
        }
        return frame;
    }

    /** One UPD_C region with {@code count} messages, under the dialect's header. */
    static UnsafeBuffer updates(Dialect dialect, int count) {
        return repeated(vector("V04"), dialect, UPD_C_LENGTH, count);
    }

    /** One DEL_C region with {@code count} messages, under the dialect's header. */
    static UnsafeBuffer deletes(Dialect dialect, int count) {
        return repeated(vector("V06"), dialect, DEL_C_LENGTH, count);
    }

    /** The first message of a frame, as often as wanted, in a frame of the dialect's version. */
    private static UnsafeBuffer repeated(
            UnsafeBuffer source, Dialect dialect, int messageLength, int count) {
        boolean isV6 = dialect == Dialect.V6;
        int first = FrameWalker.HEADER_LENGTH + FrameWalker.SUBHEADER_LENGTH;
        int end = first + count * messageLength;
        int length = end + (isV6 ? 0 : FrameWalker.SUBHEADER_LENGTH);
        UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
        frame.putBytes(0, source, 0, first);
        frame.putByte(0, (byte) dialect.headerVersion());
        frame.putShort(2, (short) length, BIG_ENDIAN);
        frame.putShort(first - 2, (short) count, BIG_ENDIAN);
        for (int at = first; at < end; at += messageLength) {
            frame.putBytes(at, source, first, messageLength);
        }
        if (!isV6) {
            frame.putByte(end, (byte) Action.EOF);
            frame.putShort(end + 2, (short) 1, BIG_ENDIAN);
        }
        return frame;
    }

    private static UnsafeBuffer firstRecordedInsert() {
        return recorded().stream()
                .filter(frame -> frame.getByte(FrameWalker.HEADER_LENGTH) == Action.INS_1301)
                .findFirst()
                .orElseThrow();
    }

    private static UnsafeBuffer vector(String name) {
        StringBuilder hex = new StringBuilder();
        boolean isInside = false;
        for (String line : lines("/vectors/pfsync.txt")) {
            if (line.startsWith("vector ")) {
                isInside = line.startsWith("vector " + name + " ");
            } else if (isInside && line.startsWith("hex ")) {
                hex.append(line.substring(4).replace(" ", ""));
            }
        }
        byte[] bytes = HexFormat.of().parseHex(hex);
        int from = bytes[0] == 0x45 ? IP_HEADER_LENGTH : 0;
        return buffer(Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static UnsafeBuffer buffer(byte[] bytes) {
        UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes.length));
        buffer.putBytes(0, bytes);
        return buffer;
    }

    private static List<String> lines(String resource) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        Frames.class.getResourceAsStream(resource), resource),
                                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
