package org.pfsyncd.net;

import org.agrona.DirectBuffer;

/**
 * One end of a network: receives frames of one IP protocol on one interface, sends to one
 * destination.
 *
 * <p>{@code RawPort} is the kernel's, {@code SimNetwork} hands out simulated ones, {@code UdpPort}
 * carries frames over UDP where raw sockets are not allowed. Owned by one thread. Nothing here
 * throws after it was opened: failures are negative errno values and counters.
 */
public interface Port extends AutoCloseable {
    /** An IPv6 header and UDP's. */
    int OVERHEAD_LIMIT = 28;

    /**
     * Hands at most {@code frameLimit} waiting frames to the handler and returns their number;
     * never blocks.
     */
    int poll(FrameHandler handler, int frameLimit);

    /** Sends one frame now. Returns {@code length}, or {@code -errno}. */
    int send(DirectBuffer buffer, int offset, int length);

    /**
     * Copies one frame into the send batch, sending the batch first if it is full. Returns as
     * {@link #send}.
     */
    int queue(DirectBuffer buffer, int offset, int length);

    /**
     * Sends what {@link #queue} gathered, in as few system calls as possible. Returns frames sent,
     * or {@code -errno}.
     */
    int flush();

    /**
     * As {@link #flush}, but nothing that is behind a refused frame leaves: the answer tells which
     * frames did, for those who send the rest again. A port that refuses all or none need not care.
     */
    default int flushInOrder() {
        return flush();
    }

    /** Index of the interface the port is bound to. */
    int interfaceIndex();

    /** Largest IP packet the interface carries, bytes. */
    int mtu();

    /**
     * What the carrier's headers take of that beyond the 20 bytes of IPv4, bytes: {@link
     * #OVERHEAD_LIMIT} unless the port knows better.
     */
    default int overhead() {
        return OVERHEAD_LIMIT;
    }

    /**
     * Frames the kernel threw away before they were read, since the sockets were last opened:
     * starts at 0 again after {@link #checkInterface} returned true. A system call; poll each
     * second.
     */
    long drops();

    /**
     * Looks whether the interface is still the one the port was opened on and opens the sockets
     * anew if not. A few system calls; call each second.
     *
     * @return true if the port was opened anew, so that frames may have been missed.
     */
    boolean checkInterface();

    /** Whether the interface exists and the sockets are open. */
    boolean isUp();

    @Override
    void close();
}
