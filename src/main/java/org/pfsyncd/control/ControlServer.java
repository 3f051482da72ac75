package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the control socket. One thread accepts, a virtual thread serves each connection; at
 * most {@link #CONNECTION_LIMIT} at once. Opened and closed by the daemon's starting thread.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlServer.class);
    private static final int CONNECTION_LIMIT = 16;
    private static final int REQUEST_LIMIT = 64 * 1024;

    private final Path path;
    private final ServerSocketChannel channel;
    private final ControlRequests requests;
    private final JsonFactory jsonFactory = new JsonFactory();
    private final Semaphore connections = new Semaphore(CONNECTION_LIMIT);
    private final Thread acceptor;

    /** Binds the socket, 0660, replacing one that a dead daemon left. */
    public ControlServer(Path path, ControlNode node) throws IOException {
        this.path = path;
        requests = new ControlRequests(node);
        Files.deleteIfExists(path);
        channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    path
                            + ": the control socket cannot be bound ("
                            + e.getMessage()
                            + "); check node.run-dir",
                    e);
        }
        acceptor = Thread.ofPlatform().daemon().name("control").start(this::accept);
    }

    /** Where it listens. */
    public Path path() {
        return path;
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                SocketChannel connection = channel.accept();
                if (connections.tryAcquire()) {
                    Thread.ofVirtual().start(() -> serve(connection));
                } else {
                    connection.close();
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOGGER.warn("control accept failed error=\"{}\"", e.getMessage());
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection;
                BufferedReader reader =
                        new BufferedReader(
                                Channels.newReader(connection, StandardCharsets.UTF_8), 4096);
                Writer writer =
                        new BufferedWriter(
                                Channels.newWriter(connection, StandardCharsets.UTF_8),
                                64 * 1024)) {
            String line;
            while ((line = readLine(reader)) != null) {
                requests.answer(line, writer, jsonFactory);
                writer.flush();
            }
        } catch (IOException e) {
            LOGGER.debug("control connection ended error=\"{}\"", e.getMessage());
        } finally {
            connections.release();
        }
    }

    /** A line of bounded length, or null at the end. */
    private static String readLine(BufferedReader reader) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = reader.read()) >= 0 && c != '\n') {
            if (line.length() == REQUEST_LIMIT) {
                throw new IOException("request longer than " + REQUEST_LIMIT + " characters");
            }
            line.append((char) c);
        }
        return c < 0 && line.isEmpty() ? null : line.toString();
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
            acceptor.join(1000);
        } catch (IOException e) {
            LOGGER.warn("control socket not removed file={} error=\"{}\"", path, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
