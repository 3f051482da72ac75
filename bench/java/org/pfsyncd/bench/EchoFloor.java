package org.pfsyncd.bench;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;

/**
 * The floor of a round trip: a bare raw socket that answers every frame with 40 bytes, and of a
 * one-way flood.
 */
public final class EchoFloor {
    private static final int ACK_LENGTH = 40;
    private static final int FLOOD_LENGTH = 1000;

    private EchoFloor() {}

    /** Answers short frames, counts long ones; killed by the benchmark. */
    public static void main(String[] args) {
        SocketPort port =
                SocketPort.open(PortConfig.pfsync("lo", Addresses.FLOOR_PEER, Addresses.FLOOR));
        UnsafeBuffer answer = new UnsafeBuffer(ByteBuffer.allocateDirect(ACK_LENGTH));
        long[] flood = new long[1];
        while (true) {
            port.poll(
                    (buffer, offset, length, info) -> {
                        if (length >= FLOOD_LENGTH) {
                            flood[0]++;
                            return;
                        }
                        boolean isQuestion = length < ACK_LENGTH;
                        answer.putLong(0, isQuestion ? flood[0] : buffer.getLong(offset + 24));
                        port.send(answer, 0, ACK_LENGTH);
                    },
                    64);
        }
    }
}
