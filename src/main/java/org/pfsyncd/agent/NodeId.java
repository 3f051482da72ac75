package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SplittableRandom;

/**
 * The node's id: a random number made with the data directory, 16 hexadecimal digits in the file
 * {@code node-id}. A new journal has a new id, so that its positions are never taken for those of
 * an older one. Stateless.
 */
final class NodeId {
    private static final String FILE_NAME = "node-id";

    private NodeId() {}

    /** Reads the id, or makes one. */
    static long of(Path dataDirectory, SplittableRandom random) throws IOException {
        Path file = dataDirectory.resolve(FILE_NAME);
        if (Files.exists(file)) {
            return read(file);
        }
        long id = random.nextLong() | 1L;
        Path fresh = dataDirectory.resolve(FILE_NAME + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        Files.writeString(fresh, String.format("%016x%n", id), StandardOpenOption.SYNC);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return id;
    }

    private static long read(Path file) throws IOException {
        String text = Files.readString(file).strip();
        try {
            long id = Long.parseUnsignedLong(text, 16);
            if (id != 0 && text.length() == 16) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw new IOException(unreadable(file, text), e);
        }
        throw new IOException(unreadable(file, text));
    }

    private static String unreadable(Path file, String text) {
        return file
                + " holds \""
                + text
                + "\", not 16 hexadecimal digits: move it and the journal beside it away, and the"
                + " node begins anew from its peers";
    }
}
