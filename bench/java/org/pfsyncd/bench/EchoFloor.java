package org.pfsyncd.bench;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;

/**
 * The floor of a round trip: a bare raw socket that answers every frame with 40 bytes. Frames from
 * {@link #FLOOD_LENGTH} on are counted instead; each answer tells how many.
 */
final class EchoFloor {
    static final int ANSWER_LENGTH = 40;
    static final int FLOOD_LENGTH = 900;

    /**
     * Where the count is in an answer; its first byte stays 0, which no pfsync frame begins with.
     */
    static final int FLOOD_OFFSET = 16;

    private static final int NUMBER_OFFSET = 24;
    private static final int FRAMES_A_POLL = 64;

    private EchoFloor() {}

    /**
     * Arguments: interface, destination, own address, and from which length on frames are counted
     * if not from {@link #FLOOD_LENGTH} on. Runs until it is killed.
     */
    static void main(String[] args) {
        int floodLength = args.length > 3 ? Integer.parseInt(args[3]) : FLOOD_LENGTH;
        SocketPort port = SocketPort.open(PortConfig.pfsync(args[0], args[1], args[2]));
        UnsafeBuffer answer = new UnsafeBuffer(ByteBuffer.allocateDirect(ANSWER_LENGTH));
        long[] flood = new long[1];
        System.out.println("ready");
        while (true) {
            port.poll(
                    (buffer, offset, length, info) -> {
                        if (length >= floodLength) {
                            flood[0]++;
                            return;
                        }
                        if (length >= ANSWER_LENGTH) {
                            answer.putLong(8, buffer.getLong(offset + NUMBER_OFFSET));
                        }
                        answer.putLong(FLOOD_OFFSET, flood[0]);
                        port.send(answer, 0, ANSWER_LENGTH);
                    },
                    FRAMES_A_POLL);
        }
    }
}
