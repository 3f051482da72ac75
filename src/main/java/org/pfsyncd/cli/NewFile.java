package org.pfsyncd.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file that is there whole or not at all: written beside its place with mode 0640, then moved
 * there. Never replaces anything unless told to, and nothing but a regular file then. Owned by the
 * writing thread.
 */
final class NewFile implements AutoCloseable {
    private static final int FAILED = 1;
    private static final String MODE = "rw-r-----";

    private final Path target;
    private final boolean mayReplace;
    private final Path temporary;
    private final FileChannel channel;
    private final OutputStream out;
    private final Thread onInterrupt;

    NewFile(Path file, boolean mayReplace) throws IOException {
        target = file.toAbsolutePath();
        this.mayReplace = mayReplace;
        checkTarget();
        try {
            temporary =
                    Files.createTempFile(
                            target.getParent(),
                            "." + target.getFileName(),
                            ".tmp",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
        } catch (NoSuchFileException e) {
            throw new Failure(FAILED, target.getParent() + ": no such directory; create it first");
        } catch (AccessDeniedException e) {
            throw new Failure(
                    FAILED,
                    target.getParent() + ": permission denied; choose a directory you may write");
        }
        // An interrupted save leaves nothing behind.
        onInterrupt = new Thread(this::discard);
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
        out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    OutputStream out() {
        return out;
    }

    private void checkTarget() throws IOException {
        if (Files.isSymbolicLink(target)) {
            throw new Failure(
                    FAILED,
                    target
                            + " is a symbolic link to "
                            + Files.readSymbolicLink(target)
                            + "; name the file itself, or remove the link");
        }
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new Failure(FAILED, target + " is not a regular file; choose another name");
        }
        if (!mayReplace) {
            throw alreadyThere();
        }
    }

    private Failure alreadyThere() {
        return new Failure(
                FAILED, target + " exists; choose another name, or replace it with --force");
    }

    /** Puts the file in its place: on disk first, then visible. */
    void commit() throws IOException {
        out.flush();
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(MODE));
        channel.force(true);
        channel.close();
        if (mayReplace) {
            checkTarget();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try {
            Files.createLink(target, temporary); // unlike a move, it refuses what exists
        } catch (FileAlreadyExistsException e) {
            throw alreadyThere();
        } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
            checkTarget(); // a file system without hard links
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void discard() {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            System.err.println(temporary + " could not be removed: " + e.getMessage());
        }
    }

    /** Removes what was not committed. */
    @Override
    public void close() throws IOException {
        channel.close();
        discard();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // the program is ending, and the hook does its work
            assert e != null;
        }
    }
}
