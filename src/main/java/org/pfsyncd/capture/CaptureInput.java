package org.pfsyncd.capture;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads a stream through one buffer and knows its offset. Owned by the thread that reads. */
final class CaptureInput implements Closeable {
    private final InputStream in;
    private final String name;
    private final byte[] buffer = new byte[65_536];
    private int position;
    private int limit;
    private long consumed;

    CaptureInput(InputStream in, String name) {
        this.in = in;
        this.name = name;
    }

    /** Offset of the next byte; of the unpacked data where the file is compressed. */
    long offset() {
        return consumed + position;
    }

    /** True if the next byte has to be fetched. */
    boolean isEmpty() {
        return position == limit;
    }

    boolean isAtEnd() throws CaptureException {
        return position == limit && !fill();
    }

    /** Reads exactly {@code length} bytes of {@code what}. */
    void read(byte[] into, int at, int length, String what) throws CaptureException {
        int done = 0;
        while (done < length) {
            if (isAtEnd()) {
                throw cut(what, done, length);
            }
            int part = Math.min(length - done, limit - position);
            System.arraycopy(buffer, position, into, at + done, part);
            position += part;
            done += part;
        }
    }

    void skip(long length, String what) throws CaptureException {
        long done = 0;
        while (done < length) {
            if (isAtEnd()) {
                throw cut(what, done, length);
            }
            long part = Math.min(length - done, limit - position);
            position += (int) part;
            done += part;
        }
    }

    /** An error about a number that was read at {@code at}. */
    CaptureException error(long at, String what) {
        return new CaptureException(name + ": offset " + at + ": " + what);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private CutException cut(String what, long have, long want) {
        return new CutException(
                name
                        + ": offset "
                        + (offset() - have)
                        + ": ends inside "
                        + what
                        + ": "
                        + have
                        + " of "
                        + want
                        + " bytes");
    }

    private boolean fill() throws CaptureException {
        consumed += limit;
        position = 0;
        limit = 0;
        try {
            int got = in.read(buffer, 0, buffer.length);
            limit = Math.max(got, 0);
        } catch (EOFException e) {
            // A compressed file whose end is missing: what came before is good.
            limit = 0;
        } catch (IOException e) {
            throw new CaptureException(name + ": offset " + offset() + ": " + e.getMessage(), e);
        }
        return limit > 0;
    }
}
