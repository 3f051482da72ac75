package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Asks a daemon's control socket; one connection, one request at a time. Owned by the asking
 * thread.
 */
public final class ControlClient implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader reader;
    private final JsonFactory factory = new JsonFactory();

    /** Connects, or throws: no daemon lives there, or the caller may not ask it. */
    public ControlClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        reader = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /** Sends a request. */
    public void ask(Request request) throws IOException {
        ask(request.toLine(factory));
    }

    /** Sends a request that is a line already. */
    public void ask(String request) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    /** The next line of the answer. */
    public String line() throws IOException {
        String line = reader.readLine();
        if (line == null) {
            throw new IOException("the daemon closed the connection; see its log");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
