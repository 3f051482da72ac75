package org.pfsyncd.support;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;

/**
 * Sends recorded pfsync packets again with the header they had: source, destination, TTL. A process
 * of its own, because it lives in the firewalls' network namespace. Single threaded.
 *
 * <p>Reads commands {@code FILE FROM_NS TO_NS DESTINATION}: packets after the first and up to the
 * second instant, to that destination only; answers {@code sent N}.
 */
@SuppressWarnings("restricted")
public final class PacketPlayer {
    private static final int AF_INET = 2;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_RAW = 255;
    private static final int PFSYNC = 240;
    private static final int HEADER_LENGTH = 20;
    private static final int COMPRESSION = 50;
    private static final long GAP_LIMIT_NS = 10_000_000L;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment packet = arena.allocate(0x1_0000, 8);
    private final MemorySegment to = arena.allocate(16, 8);
    private final MethodHandle sendto;
    private final int fd;

    private PacketPlayer() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle socket =
                linker.downcallHandle(
                        linker.defaultLookup().find("socket").orElseThrow(),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        sendto =
                linker.downcallHandle(
                        linker.defaultLookup().find("sendto").orElseThrow(),
                        FunctionDescriptor.of(
                                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS,
                                JAVA_INT));
        fd = (int) socket.invokeExact(AF_INET, SOCK_RAW, IPPROTO_RAW);
        if (fd < 0) {
            throw new IOException("no raw socket");
        }
        to.set(java.lang.foreign.ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
    }

    public static void main(String[] args) throws Throwable {
        PacketPlayer player = new PacketPlayer();
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", 4);
            int sent =
                    player.play(
                            Path.of(words[0]),
                            Long.parseLong(words[1]),
                            Long.parseLong(words[2]),
                            words[3]);
            System.out.println("sent " + sent);
        }
    }

    private int play(Path file, long fromNs, long toNs, String destination) throws Throwable {
        int sent = 0;
        long previousNs = 0;
        try (CaptureReader reader = CaptureReader.open(file)) {
            for (CapturedPacket next = reader.next(); next != null; next = reader.next()) {
                if (isChosen(next, destination)
                        && next.timestampNs() > fromNs
                        && next.timestampNs() <= toNs) {
                    pause(previousNs == 0 ? 0 : next.timestampNs() - previousNs);
                    previousNs = next.timestampNs();
                    send(next);
                    sent++;
                }
            }
        }
        return sent;
    }

    private static boolean isChosen(CapturedPacket packet, String destination) throws IOException {
        return packet.kind() == PacketKind.COMPLETE
                && packet.protocol() == PFSYNC
                && packet.addressLength() == 4
                && java.net.InetAddress.getByAddress(
                                java.util.Arrays.copyOf(packet.destination(), 4))
                        .getHostAddress()
                        .equals(destination);
    }

    private void send(CapturedPacket next) throws Throwable {
        int length = next.payload().capacity();
        byte[] bytes = new byte[HEADER_LENGTH + length];
        ByteBuffer.wrap(bytes)
                .put((byte) 0x45)
                .put((byte) 0x10)
                .putShort((short) bytes.length)
                .putShort((short) 0) // identification and checksum: the kernel fills them in
                .putShort((short) 0x4000)
                .put((byte) next.ttl())
                .put((byte) PFSYNC)
                .putShort((short) 0)
                .put(next.source(), 0, 4)
                .put(next.destination(), 0, 4);
        next.payload().getBytes(0, bytes, HEADER_LENGTH, length);
        MemorySegment.copy(bytes, 0, packet, JAVA_BYTE, 0, bytes.length);
        MemorySegment.copy(next.destination(), 0, to, JAVA_BYTE, 4, 4);
        long result = (long) sendto.invokeExact(fd, packet, (long) bytes.length, 0, to, 16);
        if (result != bytes.length) {
            throw new IOException("packet of " + bytes.length + " bytes was not sent");
        }
    }

    private static void pause(long recordedNs) throws InterruptedException {
        long ns = Math.min(GAP_LIMIT_NS, recordedNs / COMPRESSION);
        new Semaphore(0).tryAcquire(ns, TimeUnit.NANOSECONDS);
    }
}
