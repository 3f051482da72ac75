package org.pfsyncd.bench.compare;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.bench.StampFile;

/**
 * One end of Aeron: client and embedded media driver in the duty cycle of one spinning thread, UDP
 * unicast. Killed by the benchmark.
 */
public final class AeronProcess {
    private static final int STREAM = 1001;
    private static final int TERM_LENGTH = 4 << 20;
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final int FRAGMENT_LIMIT = 64;

    private final StampFile stamps;
    private final AgentInvoker driver;
    private final AgentInvoker conductor;
    private final Subscription in;
    private final Publication out;
    private final UnsafeBuffer message;
    private long arrived;

    private AeronProcess(Arguments arguments, StampFile stamps, MediaDriver media, Aeron aeron) {
        this.stamps = stamps;
        driver = media.sharedAgentInvoker();
        conductor = aeron.conductorAgentInvoker();
        message = new UnsafeBuffer(ByteBuffer.allocateDirect(arguments.length));
        in = aeron.addSubscription("aeron:udp?endpoint=" + arguments.local, STREAM);
        out = aeron.addPublication("aeron:udp?endpoint=" + arguments.remote, STREAM);
    }

    /**
     * Arguments: stamp file, stamps in it, "send", "see", "ping" or "echo", local and remote
     * host:port, directory on a tmpfs, bytes of a message.
     */
    public static void main(String[] args) throws Exception {
        Arguments arguments = new Arguments(args);
        MediaDriver.Context media =
                new MediaDriver.Context()
                        .aeronDirectoryName(arguments.directory)
                        .threadingMode(ThreadingMode.INVOKER)
                        .dirDeleteOnStart(true)
                        .termBufferSparseFile(false)
                        .publicationTermBufferLength(TERM_LENGTH)
                        .socketSndbufLength(SOCKET_BUFFER)
                        .socketRcvbufLength(SOCKET_BUFFER)
                        .initialWindowLength(TERM_LENGTH / 2);
        try (StampFile stamps = new StampFile(Path.of(args[0]), Integer.parseInt(args[1]));
                MediaDriver driver = MediaDriver.launch(media);
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(arguments.directory)
                                        .driverAgentInvoker(driver.sharedAgentInvoker())
                                        .useConductorAgentInvoker(true))) {
            new AeronProcess(arguments, stamps, driver, aeron).run(arguments.role);
        }
    }

    /** The directory of another driver is never this one's. */
    private record Arguments(
            String role, String local, String remote, String directory, int length) {
        Arguments(String[] args) {
            this(
                    args[2],
                    args[3],
                    args[4],
                    args[5] + "/" + CommonContext.generateRandomDirName(),
                    Integer.parseInt(args[6]));
        }
    }

    private void run(String role) {
        while (!in.isConnected() || !out.isConnected()) {
            cycle();
        }
        System.out.println("ready");
        switch (role) {
            case "send" -> send();
            case "see" -> poll(this::see);
            case "ping" -> ping();
            case "echo" -> poll((buffer, offset, length, header) -> echo(buffer.getLong(offset)));
            default -> throw new IllegalArgumentException(role + " is not send, see, ping or echo");
        }
    }

    private void cycle() {
        conductor.invoke();
        driver.invoke();
    }

    private void poll(FragmentHandler handler) {
        while (true) {
            cycle();
            in.poll(handler, FRAGMENT_LIMIT);
        }
    }

    private void see(org.agrona.DirectBuffer buffer, int offset, int length, Object header) {
        stamps.seenAt(buffer.getLong(offset), System.nanoTime());
        stamps.seen(++arrived);
    }

    private void echo(long number) {
        message.putLong(0, number);
        while (out.offer(message) < 0) {
            cycle();
        }
        driver.invoke();
    }

    private void send() {
        long sent = 0;
        long nextNs = 0;
        while (true) {
            cycle();
            if (sent >= stamps.wanted()) {
                nextNs = 0;
                continue;
            }
            long nowNs = System.nanoTime();
            if (nextNs != 0 && nowNs - nextNs < 0) {
                continue;
            }
            nextNs = (nextNs == 0 ? nowNs : nextNs) + stamps.intervalNs();
            offer(sent++);
        }
    }

    private void ping() {
        long sent = 0;
        FragmentHandler handler =
                (buffer, offset, length, header) -> {
                    stamps.seenAt(buffer.getLong(offset), System.nanoTime());
                    arrived++;
                };
        while (true) {
            if (sent == arrived && sent < stamps.wanted()) {
                offer(sent++);
            }
            cycle();
            if (in.poll(handler, FRAGMENT_LIMIT) > 0) {
                stamps.seen(arrived);
            }
        }
    }

    private void offer(long number) {
        message.putLong(0, number);
        stamps.sentAt(number, System.nanoTime());
        while (out.offer(message) < 0) {
            cycle();
        }
        driver.invoke();
    }
}
