package org.pfsyncd.support;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;

/**
 * A firewall on loopback that inserts states without end and remembers every acknowledgement. Raw
 * sockets where the user may open them, else UDP. Its thread owns all but the set of acknowledged
 * ids.
 */
public final class LoadSender implements AutoCloseable, FrameVisitor {
    /** Ids go round, so that a long test does not outgrow the table. */
    public static final int IDS = 60_000;

    public static final int CREATOR_ID = 0xc9c9c9c9;
    private static final int FLAG_ACK = 0x10;
    private static final int STATES_PER_FRAME = 5;
    private static final int UDP_PORT = 2401;

    private static final boolean IS_RAW = Program.isRoot();

    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(2_048));
    private final NameTable names = new NameTable();
    private final StateRecords records = new StateRecords(names);
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameWalker walker = new FrameWalker();
    private final SocketPort port;
    private final int creatorId;
    private final long pauseNs;
    private final String clients;
    private final String node;
    private final String self;
    private Thread thread;
    private volatile boolean isRunning;
    private final AtomicLong sent = new AtomicLong();

    /** Addresses of its own in 127/8: the third byte is {@code net}, the node's. */
    public LoadSender(int net) {
        this(net, CREATOR_ID, TimeUnit.MICROSECONDS.toNanos(500));
    }

    /**
     * The same as one firewall among others, {@link #CREATOR_ID} and up; no connection is in two.
     *
     * @param pauseNs between frames of five states.
     */
    public LoadSender(int net, int creatorId, long pauseNs) {
        this.creatorId = creatorId;
        this.pauseNs = pauseNs;
        clients = "10." + (1 + creatorId - CREATOR_ID) + ".";
        node = "127.7." + net + ".1";
        self = "127.7." + net + ".2";
        port =
                SocketPort.open(
                        new PortConfig(
                                IS_RAW ? PortConfig.PFSYNC : 0,
                                "lo",
                                node,
                                self,
                                IS_RAW ? 0 : UDP_PORT,
                                1 << 22));
    }

    /** The group for a node that listens to this sender. */
    public String group(String ack) {
        return """
        [[group]]
        name = "firewalls"
        syncdev = "lo"
        address = "%s"
        syncpeer = "%s"
        carrier = "%s"
        udp-port = %d
        bulk-rate = "1/1d"
        ack = "%s"
        """
                .formatted(node, self, IS_RAW ? "raw" : "udp", UDP_PORT, ack);
    }

    /** Starts sending, or goes on. */
    public void start() {
        if (isRunning) {
            return;
        }
        isRunning = true;
        thread = new Thread(this::run, "load");
        thread.start();
    }

    /** Stops sending; acknowledgements that are on the way are still read. */
    public void stop() {
        isRunning = false;
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listen();
    }

    private void run() {
        while (isRunning) {
            send();
            listen();
            Await.pause(pauseNs);
        }
    }

    private void send() {
        encoder.begin(frame, 0, Dialect.V1301, 1500);
        for (int i = 0; i < STATES_PER_FRAME; i++) {
            int id = 1 + (int) (sent.getAndIncrement() % IDS);
            String client = clients + (id >> 8 & 0xFF) + "." + (id & 0xFF) + ":" + (1024 + id % 50);
            encoder.addState(
                    MessageKind.INS,
                    records.tcp(id, creatorId)
                            .flags(FLAG_ACK)
                            .wire(client, "10.2.0.10:443")
                            .stack(client, "10.2.0.10:443")
                            .record(),
                    names,
                    StateRecords.NOW_MS);
        }
        port.send(frame, 0, encoder.finish());
    }

    private void listen() {
        port.poll(
                (buffer, offset, length, info) ->
                        walker.walk(buffer, offset, length, FrameWalker.ACCEPT_V5, this),
                64);
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        if (kind == MessageKind.INS_ACK) {
            acknowledged.add(id.id());
        }
    }

    /** Ids that the node has acknowledged. */
    public Set<Long> acknowledged() {
        return acknowledged;
    }

    /** Inserts sent. */
    public long sent() {
        return sent.get();
    }

    @Override
    public void close() {
        stop();
        port.close();
    }
}
