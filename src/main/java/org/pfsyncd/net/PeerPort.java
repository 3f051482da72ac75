package org.pfsyncd.net;

/**
 * The carrier to other nodes: one socket that receives from anyone and sends to chosen addresses.
 *
 * <p>Owned by the receiving thread, except for its lanes: each belongs to the one thread that sends
 * on it, which may be another. Nothing here throws after it was opened: failures are negative errno
 * values and counters.
 */
public interface PeerPort extends AutoCloseable {
    /**
     * Hands at most {@code frameLimit} waiting frames to the handler, without IP and UDP header,
     * and returns their number; never blocks. The sender's address, its family and the TTL stand in
     * {@link FrameInfo}; who may send is the caller's to judge.
     */
    int poll(FrameHandler handler, int frameLimit);

    /**
     * A new lane towards an address. Call while wiring, on the receiving thread, before {@link
     * #poll}; the lane is closed with the port.
     *
     * @param numericAddress of the port's family.
     * @throws PortException if the address is malformed or of the other family.
     */
    Lane lane(String numericAddress);

    /**
     * Frames the kernel threw away before they were read, since the socket was last opened: starts
     * at 0 again after {@link #checkInterface} returned true. Datagrams that the kernel had joined
     * count as one. A system call; poll each second.
     */
    long drops();

    /**
     * Looks whether the interface is still the one the port was opened on and opens the socket anew
     * if not, or if it could not be opened before. A few system calls; call each second. Lanes may
     * send meanwhile.
     *
     * @return true if the port was opened anew, so that frames may have been missed.
     */
    boolean checkInterface();

    /** Whether the socket is open. Any thread. */
    boolean isUp();

    /** Closes the port and its lanes; their threads must have sent their last before. */
    @Override
    void close();
}
