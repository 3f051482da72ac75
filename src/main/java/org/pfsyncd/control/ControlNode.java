package org.pfsyncd.control;

import java.util.concurrent.TimeoutException;
import org.pfsyncd.wire.NameTable;

/**
 * The daemon as the control socket sees it; any thread. Each call is one bounded slice on the sync
 * agent's thread.
 *
 * <p>A timeout means that the agent is stuck or flooded, and its message says which.
 */
public interface ControlNode {
    NodeStatus status() throws TimeoutException;

    /** Slices that make up the table. */
    int segmentCount();

    /** The records of one slice, each {@code StateRecord.LENGTH} bytes, copied. */
    byte[] copySegment(int segment) throws TimeoutException;

    /** Names for the ids in the copied records. */
    NameTable names();

    /** What an operator may change. */
    TableEditor editor();

    /** The node's time, epoch milliseconds. */
    long nowMs();

    /**
     * Requests a bulk update of one group, or of all if {@code group} is empty.
     *
     * @return names of the groups that will ask.
     * @throws IllegalArgumentException if there is no such group; the message lists those there
     *     are.
     */
    String requestSync(String group) throws TimeoutException;

    /**
     * Starts a comparison of the table with a peer's; one that is under way is joined.
     *
     * @return its round, positive, for {@link #verifyStatus}.
     * @throws IllegalArgumentException if there is no such peer; the message lists those there are.
     */
    long startVerify(String peer) throws TimeoutException;

    /**
     * How far a round is. Its result stays until the next round with that peer starts.
     *
     * @throws IllegalArgumentException if there is no such peer or round.
     */
    VerifyStatus verifyStatus(String peer, long round) throws TimeoutException;
}
