package org.pfsyncd.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.agent.Surroundings;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SilentPort;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.MessageKind;

/**
 * The whole daemon as a relay: one segment lies in its own cycle and brings states, the other is a
 * real socket. Nothing is announced there before its table was heard; so all states wait, and leave
 * in one go once its END has come. Answers lines on standard input:
 *
 * <pre>
 * announce DIALECT STATES     frames sent, and in how many ns
 * bare LENGTH FRAMES          the same of frames of that length, from the same kind of socket
 * </pre>
 */
final class AnnounceProcess {
    private static final int HOST = 0xbe4c0001;
    private static final long LIMIT_NS = 60_000_000_000L;
    private static final int BATCH = 32;

    /** Of the frame and of its only region, bytes; version 5 ends in four more. */
    private static final int HEADERS = FrameWalker.HEADER_LENGTH + FrameWalker.SUBHEADER_LENGTH;

    private final String[] args;
    private int runs;

    private AnnounceProcess(String[] args) {
        this.args = args;
    }

    /** Arguments: interface, destination, own address, directory on tmpfs. */
    static void main(String[] args) throws IOException, ConfigException {
        AnnounceProcess process = new AnnounceProcess(args);
        System.out.println("ready " + System.nanoTime());
        BufferedReader questions =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] words = line.split(" ", -1);
            System.out.println(
                    words[0].equals("bare")
                            ? process.bare(Integer.parseInt(words[1]), Long.parseLong(words[2]))
                            : process.announce(
                                    Dialect.valueOf(words[1]), Integer.parseInt(words[2])));
        }
    }

    private SocketPort open() {
        return SocketPort.open(PortConfig.pfsync(args[0], args[1], args[2]));
    }

    private String bare(int length, long frames) {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[length]);
        try (SocketPort port = open()) {
            long sent = 0;
            long startNs = System.nanoTime();
            for (long i = 0; i < frames; i += BATCH) {
                for (int j = 0; j < BATCH; j++) {
                    port.queue(frame, 0, length);
                }
                sent += Math.max(0, port.flush());
            }
            return sent + " " + (System.nanoTime() - startNs);
        }
    }

    private String announce(Dialect dialect, int states) throws IOException, ConfigException {
        try (Source source = new Source(states);
                Target target = new Target(open(), source, dialect)) {
            Surroundings surroundings =
                    new Surroundings(System::nanoTime, System::currentTimeMillis, runs);
            Daemon daemon =
                    new Daemon(
                                    ConfigLoader.parse(
                                            config(dialect, states),
                                            "bench.toml",
                                            new Machine(
                                                    "bench",
                                                    true,
                                                    "root",
                                                    java.util.List.of("v0"))),
                                    surroundings,
                                    group -> group.name().equals("in") ? source : target)
                            .open();
            daemon.start();
            long endNs = System.nanoTime() + LIMIT_NS;
            while (target.states < states && System.nanoTime() - endNs < 0) {
                // Its turn among relays takes five seconds; what waits comes in meanwhile.
                LockSupport.parkUntil(System.currentTimeMillis() + 50);
            }
            daemon.close();
            return target.frames
                    + " "
                    + (target.lastNs - target.firstNs)
                    + " "
                    + target.states
                    + " "
                    + target.longest;
        }
    }

    private String config(Dialect dialect, int states) {
        Path home = Path.of(args[3], "announce" + runs++);
        return """
        [node]
        name = "relay"
        data-dir = "%s"
        run-dir = "%s"
        capacity = %d
        idle = "busy-spin"
        [journal]
        ring-size = "256MiB"
        reserve = 0
        [[group]]
        name = "in"
        syncdev = "v0"
        realm = "bench"
        [[group]]
        name = "out"
        syncdev = "v0"
        realm = "bench"
        role = "relay"
        dialect = "%s"
        announce-queue = %d
        """
                .formatted(
                        home.resolve("data"),
                        home.resolve("run"),
                        states + 10_000,
                        dialect.label(),
                        states + 16);
    }

    /** The segment in the daemon's own cycle: its inserts. */
    private static final class Source extends InnerPort {
        private final Inserts inserts = new Inserts(Dialect.V1301, 1500);
        private final int limit;
        private final int room = inserts.statesAFrame(MessageKind.INS);
        private int sent;

        Source(int limit) {
            this.limit = limit;
        }

        @Override
        public int poll(FrameHandler handler, int frameLimit) {
            int polled = 0;
            while (polled < frameLimit && sent < limit) {
                int count = Math.min(room, limit - sent);
                int length = inserts.compose(MessageKind.INS, 1 + sent, count, 0);
                handler.onFrame(inserts.buffer(), 0, length, info());
                sent += count;
                polled++;
            }
            return polled;
        }
    }

    /** The segment that is announced to: a real socket to send, an END to hear. */
    private static final class Target extends InnerPort {
        private final SocketPort socket;
        private final Source source;
        private final Dialect dialect;
        private final FrameEncoder encoder = new FrameEncoder();
        private final UnsafeBuffer frame = new UnsafeBuffer(new byte[128]);
        private boolean isEndSaid;
        private long queuedStates;
        private long total;
        private volatile long states;
        private long frames;
        private long firstNs;
        private long lastNs;
        private int longest;

        Target(SocketPort socket, Source source, Dialect dialect) {
            this.source = source;
            this.socket = socket;
            this.dialect = dialect;
        }

        @Override
        public int poll(FrameHandler handler, int frameLimit) {
            if (source.sent < source.limit || isEndSaid) {
                return 0;
            }
            isEndSaid = true;
            encoder.begin(frame, 0, dialect, 148).addBulkStatus(HOST, 0, BulkStatusDecoder.END);
            handler.onFrame(frame, 0, encoder.finish(), info());
            return 1;
        }

        @Override
        public int queue(DirectBuffer buffer, int offset, int length) {
            if (length > 100) { // no sign of life
                firstNs = firstNs == 0 ? System.nanoTime() : firstNs;
                queuedStates += (length - HEADERS) / dialect.stateLength();
                longest = Math.max(longest, length);
            }
            return socket.queue(buffer, offset, length);
        }

        @Override
        public int flush() {
            int flushed = socket.flush();
            if (queuedStates > 0) {
                frames += Math.max(0, flushed);
                lastNs = System.nanoTime();
                total += queuedStates;
                states = total; // written last: whoever sees it sees the rest
                queuedStates = 0;
            }
            return flushed;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** What the two have in common. */
    private abstract static class InnerPort extends SilentPort {
        private final FrameInfo info = new FrameInfo();

        FrameInfo info() {
            info.source.putInt(0, 0x7F00_0002, java.nio.ByteOrder.BIG_ENDIAN);
            info.af = 4;
            info.ttl = 255;
            info.interfaceIndex = 1;
            info.expectedInterfaceIndex = 1;
            return info;
        }
    }
}
