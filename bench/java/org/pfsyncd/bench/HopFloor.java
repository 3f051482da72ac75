package org.pfsyncd.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.Lane;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.SocketPeerPort;

/**
 * The floor of a one-way hop: the same socket, a frame as long as that of one state, nothing else.
 * Killed by the benchmark.
 */
final class HopFloor {
    static final int PROTOCOL = 254;
    static final int UDP_PORT = 4241;
    private static final int NUMBER_OFFSET = 0;

    private HopFloor() {}

    /**
     * Arguments: stamp file, stamps in it, "send" or "see", address of the other, raw or udp,
     * bytes.
     */
    static void main(String[] args) throws Exception {
        StampFile stamps = new StampFile(Path.of(args[0]), Integer.parseInt(args[1]));
        boolean isUdp = args[4].equals("udp");
        int length = Integer.parseInt(args[5]);
        try (PeerPort port =
                SocketPeerPort.open(
                        new PeerPortConfig(
                                isUdp ? 0 : PROTOCOL,
                                isUdp ? UDP_PORT : 0,
                                null,
                                null,
                                1500,
                                4,
                                32 << 20))) {
            Lane lane = port.lane(args[3]);
            System.out.println("ready");
            if (args[2].equals("send")) {
                send(stamps, lane, length);
            } else {
                see(stamps, port);
            }
        }
    }

    private static void send(StampFile stamps, Lane lane, int length) {
        UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
        long sent = 0;
        long nextNs = 0;
        while (true) {
            long wanted = stamps.wanted();
            long intervalNs = stamps.intervalNs();
            if (sent >= wanted) {
                nextNs = 0;
                Thread.onSpinWait();
                continue;
            }
            long nowNs = System.nanoTime();
            if (intervalNs > 0 && nextNs != 0 && nowNs - nextNs < 0) {
                continue;
            }
            nextNs = (nextNs == 0 ? nowNs : nextNs) + intervalNs;
            frame.putLong(NUMBER_OFFSET, sent);
            if (intervalNs > 0) {
                stamps.sentAt(sent, System.nanoTime());
                lane.send(frame, 0, length);
                sent++;
            } else {
                for (int i = 0; i < 64 && sent < wanted; i++) {
                    frame.putLong(NUMBER_OFFSET, sent++);
                    lane.queue(frame, 0, length);
                }
                lane.flush();
            }
        }
    }

    private static void see(StampFile stamps, PeerPort port) {
        long[] seen = new long[1];
        while (true) {
            int frames =
                    port.poll(
                            (buffer, offset, length, info) -> {
                                if (stamps.intervalNs() > 0) {
                                    stamps.seenAt(
                                            buffer.getLong(offset + NUMBER_OFFSET),
                                            System.nanoTime());
                                }
                                seen[0]++;
                            },
                            64);
            if (frames > 0) {
                stamps.seen(seen[0]);
                stamps.finishedAt(System.nanoTime());
            }
        }
    }
}
