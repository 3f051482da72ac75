package org.pfsyncd.capture;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the bytes, reading ends with packets, a note, or the one declared exception. */
class CaptureReaderPropertyTest {
    private static final int[] LINK_TYPES = {
        0, 1, 12, 14, 18, 101, 108, 113, 121, 228, 229, 246, 276
    };

    @Property(tries = 1000)
    void shouldSurviveRandomBytes(@ForAll @Size(max = 2000) byte[] bytes) throws IOException {
        readAll(bytes);
    }

    @Property(tries = 1000)
    void shouldSurviveRandomFramesOfEachLinkType(
            @ForAll @Size(max = 200) byte[] frame, @ForAll @IntRange(max = 12) int linkType)
            throws IOException {
        readAll(
                new Pcapng(BIG_ENDIAN)
                        .section()
                        .described(LINK_TYPES[linkType], 0, 9)
                        .enhanced(0, 1, frame, frame.length)
                        .bytes());
    }

    @Property(tries = 2000)
    void shouldSurviveChangedBytesOfAGoodCapture(@ForAll long seed, @ForAll boolean isBig)
            throws IOException {
        byte[] ip = new byte[64];
        ip[0] = 0x45;
        ip[3] = 64;
        byte[] bytes =
                new Pcapng(isBig ? BIG_ENDIAN : LITTLE_ENDIAN)
                        .section()
                        .described(101, 64, 6)
                        .enhanced(0, 1, ip, 64)
                        .simple(ip, 64)
                        .unknown(5, 16)
                        .bytes();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        readAll(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
    }

    private static void readAll(byte[] bytes) throws IOException {
        int packets = 0;
        try (CaptureReader reader = CaptureReader.open(new ByteArrayInputStream(bytes), "random")) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                packets++;
                if (packet.payload().capacity() > Math.min(packet.sentLength(), bytes.length)) {
                    throw new AssertionError("payload beyond the capture");
                }
            }
        } catch (CaptureException e) {
            if (!e.getMessage().startsWith("random: ")) {
                throw new AssertionError("does not name the file", e);
            }
        }
        if (packets > bytes.length / 16) {
            throw new AssertionError(packets + " packets out of " + bytes.length + " bytes");
        }
    }
}
