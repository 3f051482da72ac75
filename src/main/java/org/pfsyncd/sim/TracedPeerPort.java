package org.pfsyncd.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.Lane;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.SimPeerPort;
import org.pfsyncd.wire.Crc32c;

/** A simulated peer port whose frames are traced; it may be made to trust what is damaged. */
final class TracedPeerPort implements PeerPort {
    private static final int CRC_OFFSET = 44;
    private static final int HEADER_LENGTH = 48;

    private final SimPeerPort inner;
    private final TraceHash trace;
    private final HostileFrames hostile;
    private final boolean trustsChecksums;
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[0x1_0000]);
    private final Crc32c crc = new Crc32c();

    /**
     * @param trustsChecksums a planted defect: every frame arrives with the checksum that fits it.
     */
    TracedPeerPort(
            SimPeerPort inner, TraceHash trace, HostileFrames hostile, boolean trustsChecksums) {
        this.inner = inner;
        this.trace = trace;
        this.hostile = hostile;
        this.trustsChecksums = trustsChecksums;
    }

    SimPeerPort inner() {
        return inner;
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        if (!trustsChecksums) {
            return inner.poll(handler, frameLimit);
        }
        return inner.poll(
                (buffer, offset, length, info) -> {
                    copy.putBytes(0, buffer, offset, length);
                    if (length >= HEADER_LENGTH) {
                        int sum = crc.of(copy, 0, length, CRC_OFFSET);
                        copy.putInt(CRC_OFFSET, sum, LITTLE_ENDIAN);
                    }
                    handler.onFrame(copy, 0, length, info);
                },
                frameLimit);
    }

    @Override
    public Lane lane(String numericAddress) {
        Lane lane = inner.lane(numericAddress);
        return new Lane() {
            @Override
            public int send(DirectBuffer buffer, int offset, int length) {
                note(buffer, offset, length);
                return lane.send(buffer, offset, length);
            }

            @Override
            public int queue(DirectBuffer buffer, int offset, int length) {
                note(buffer, offset, length);
                return lane.queue(buffer, offset, length);
            }

            @Override
            public int flush() {
                return lane.flush();
            }

            @Override
            public int frameLimit() {
                return lane.frameLimit();
            }
        };
    }

    private void note(DirectBuffer buffer, int offset, int length) {
        trace.frame(buffer, offset, length);
        hostile.keep(buffer, offset, length);
    }

    @Override
    public long drops() {
        return inner.drops();
    }

    @Override
    public boolean checkInterface() {
        return inner.checkInterface();
    }

    @Override
    public boolean isUp() {
        return inner.isUp();
    }

    @Override
    public void close() {
        inner.close();
    }
}
