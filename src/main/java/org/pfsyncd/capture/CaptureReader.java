package org.pfsyncd.capture;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the packets of a capture one by one: pcap or pcapng, plain or gzip, from a file or a pipe,
 * in memory that does not depend on the file.
 *
 * <p>Owned by the thread that reads.
 */
public final class CaptureReader implements Closeable {
    private static final int MODIFIED_MAGIC = 0xA1B2CD34;

    private final CaptureInput input;
    private final CaptureFormat format;
    private final RawFrame frame = new RawFrame();
    private final CapturedPacket packet = new CapturedPacket();
    private final String name;
    private String note;

    private CaptureReader(CaptureInput input, String name) throws CaptureException {
        this.input = input;
        this.name = name;
        format = detect(input, name);
    }

    /** Opens a file. */
    public static CaptureReader open(Path file) throws CaptureException {
        try {
            return open(Files.newInputStream(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new CaptureException(file + ": no such file", e);
        } catch (CaptureException e) {
            throw e;
        } catch (IOException e) {
            throw new CaptureException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a stream, which is closed with the reader, or here if it is no capture.
     *
     * @param name what messages call it.
     */
    public static CaptureReader open(InputStream stream, String name) throws CaptureException {
        CaptureInput input = null;
        try {
            input = new CaptureInput(unpack(stream), name);
            return new CaptureReader(input, name);
        } catch (CaptureException e) {
            closeQuietly(input == null ? stream : input, e);
            throw e;
        } catch (IOException e) {
            closeQuietly(stream, e);
            throw new CaptureException(name + ": " + e.getMessage(), e);
        }
    }

    /**
     * The next packet, valid until the next call, or null at the end.
     *
     * @throws CaptureException the rest cannot be read; packets returned before are good.
     */
    public CapturedPacket next() throws CaptureException {
        try {
            if (note != null || !format.next(frame)) {
                return null;
            }
        } catch (CutException e) {
            note = e.getMessage();
            return null;
        }
        if (!LinkLayer.isKnown(frame.linkType)) {
            throw new CaptureException(
                    name
                            + ": link type "
                            + frame.linkType
                            + "; known are 1 Ethernet, 113 and 276 Linux cooked, 12 14 101 228 229"
                            + " raw IP, 0 and 108 loopback, 18 121 246 pfsync");
        }
        LinkLayer.parse(frame, packet);
        return packet;
    }

    /** True if the next packet is not in memory yet, so reading may wait for a pipe. */
    public boolean isIdle() {
        return input.isEmpty();
    }

    /** Why the capture ended before its last packet was complete, or null. */
    public String note() {
        return note;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    private static InputStream unpack(InputStream stream) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(stream, 65_536);
        buffered.mark(2);
        boolean isGzip = buffered.read() == 0x1F && buffered.read() == 0x8B;
        buffered.reset();
        return isGzip ? new GZIPInputStream(buffered, 65_536) : buffered;
    }

    private static CaptureFormat detect(CaptureInput input, String name) throws CaptureException {
        byte[] magic = new byte[4];
        try {
            input.read(magic, 0, 4, "the magic number");
        } catch (CutException e) {
            throw new CaptureException(e.getMessage() + "; this is no capture", e);
        }
        UnsafeBuffer view = new UnsafeBuffer(magic);
        int big = view.getInt(0, BIG_ENDIAN);
        int little = view.getInt(0, LITTLE_ENDIAN);
        try {
            if (big == PcapngFormat.SECTION_HEADER) {
                return new PcapngFormat(input);
            }
            if (big == ClassicFormat.MAGIC_MICROS || big == ClassicFormat.MAGIC_NANOS) {
                return new ClassicFormat(input, BIG_ENDIAN, big == ClassicFormat.MAGIC_NANOS);
            }
            if (little == ClassicFormat.MAGIC_MICROS || little == ClassicFormat.MAGIC_NANOS) {
                return new ClassicFormat(input, LITTLE_ENDIAN, little == ClassicFormat.MAGIC_NANOS);
            }
        } catch (CutException e) {
            throw new CaptureException(e.getMessage() + "; there are no packets", e);
        }
        if (big == MODIFIED_MAGIC || little == MODIFIED_MAGIC) {
            throw new CaptureException(
                    name + ": modified pcap of old Linux systems; convert it with editcap -F pcap");
        }
        throw new CaptureException(
                String.format("%s: starts with %08x, which is neither pcap nor pcapng", name, big));
    }

    private static void closeQuietly(Closeable what, IOException cause) {
        try {
            what.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
