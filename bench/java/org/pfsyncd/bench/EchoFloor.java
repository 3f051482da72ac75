package org.pfsyncd.bench;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;

/**
 * The floor of a round trip: a bare raw socket that answers every frame with 40 bytes. Frames from
 * {@link #FLOOD_LENGTH} on are counted instead, and frames too short to be of pfsync ask how many.
 */
final class EchoFloor {
    static final int ANSWER_LENGTH = 40;
    static final int FLOOD_LENGTH = 900;
    private static final int NUMBER_OFFSET = 24;
    private static final int FRAMES_A_POLL = 64;

    private EchoFloor() {}

    /** Arguments: interface, destination, own address. Runs until it is killed. */
    static void main(String[] args) {
        SocketPort port = SocketPort.open(PortConfig.pfsync(args[0], args[1], args[2]));
        UnsafeBuffer answer = new UnsafeBuffer(ByteBuffer.allocateDirect(ANSWER_LENGTH));
        long[] flood = new long[1];
        System.out.println("ready");
        while (true) {
            port.poll(
                    (buffer, offset, length, info) -> {
                        if (length >= FLOOD_LENGTH) {
                            flood[0]++;
                            return;
                        }
                        boolean isQuestion = length < ANSWER_LENGTH;
                        answer.putLong(
                                0, isQuestion ? flood[0] : buffer.getLong(offset + NUMBER_OFFSET));
                        port.send(answer, 0, ANSWER_LENGTH);
                    },
                    FRAMES_A_POLL);
        }
    }
}
