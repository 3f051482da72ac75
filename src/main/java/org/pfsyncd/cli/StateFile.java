package org.pfsyncd.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * A file of saved states, read record by record, any number of times; what cannot be read is a
 * refusal and the next record follows. Owned by the reading thread.
 */
abstract class StateFile implements AutoCloseable {
    private static final int FAILED = 1;

    /** Of the ids in {@link #record}. */
    final NameTable names = new NameTable(0xFFFE);

    final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);

    final Path path;
    final FileChannel channel;
    final long size;

    StateFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        size = channel.size();
    }

    /** Begins again. */
    abstract void rewind() throws IOException;

    /** Takes the next record; false at the end. */
    abstract boolean next() throws IOException;

    /** Place of the record in the file, from 1: a record of a raw file, a line of NDJSON. */
    abstract long number();

    /** {@code record} or {@code line}. */
    abstract String unit();

    /** Why the record at hand cannot be read, or null. */
    abstract String refusal();

    /** The time the file tells of, epoch milliseconds; -1 if it does not say. */
    abstract long savedMs();

    /** Once {@link #next} has answered false: why the file is not whole, or null. */
    abstract String flaw();

    /** Records in the file, or a guess. */
    abstract long total();

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Opens a file, in the given format or the one that it seems to have. */
    static StateFile open(Path path, FileFormat format) throws IOException {
        if (Files.isDirectory(path)) {
            throw new Failure(FAILED, path + " is a directory; name a file");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new Failure(FAILED, path + " is not a regular file; copy its content to one");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new Failure(FAILED, path + ": no such file");
        } catch (AccessDeniedException e) {
            throw new Failure(
                    FAILED, path + ": permission denied; ask as somebody who may read it");
        }
        try {
            FileFormat found = format == null ? detect(path, channel) : format;
            return found == FileFormat.NDJSON
                    ? new NdjsonFile(path, channel)
                    : new RawFile(path, channel, found.dialect());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileFormat detect(Path path, FileChannel channel) throws IOException {
        if (channel.size() == 0) {
            throw new Failure(
                    FAILED,
                    path
                            + " is empty: no states, or a save that failed; with --format it is"
                            + " read as no states");
        }
        byte[] start = new byte[64];
        int length = channel.read(ByteBuffer.wrap(start), 0);
        String text = new String(start, 0, length, java.nio.charset.StandardCharsets.ISO_8859_1);
        if (text.stripLeading().startsWith("{\"")) {
            return FileFormat.NDJSON;
        }
        long size = channel.size();
        boolean is264 = size % FileFormat.RAW264.dialect().stateLength() == 0;
        boolean is242 = size % FileFormat.RAW242.dialect().stateLength() == 0;
        if (is264 != is242) {
            return is264 ? FileFormat.RAW264 : FileFormat.RAW242;
        }
        double sound264 = RawFile.soundShare(channel, FileFormat.RAW264.dialect());
        double sound242 = RawFile.soundShare(channel, FileFormat.RAW242.dialect());
        if (sound264 == sound242) {
            throw new Failure(
                    FAILED,
                    path
                            + ": "
                            + size
                            + " bytes are neither NDJSON nor records of 264 or 242 bytes that make"
                            + " sense; give --format if you know better");
        }
        return sound264 > sound242 ? FileFormat.RAW264 : FileFormat.RAW242;
    }
}
