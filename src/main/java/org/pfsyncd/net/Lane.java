package org.pfsyncd.net;

import org.agrona.DirectBuffer;

/**
 * Sends frames to one address by way of a {@link PeerPort}. Owned by one thread, which may be
 * another than the port's. Never blocks, never throws.
 */
public interface Lane {
    /** Sends one frame now, ahead of what is queued. Returns {@code length}, or {@code -errno}. */
    int send(DirectBuffer buffer, int offset, int length);

    /**
     * Copies one frame into the batch, sending the batch first if it is full.
     *
     * @return {@code length}, or {@code -errno} if the port is down, the frame is too long for any
     *     batch, or not one frame of the full batch could be sent: then this frame was not taken.
     */
    int queue(DirectBuffer buffer, int offset, int length);

    /**
     * Sends what {@link #queue} gathered, in as few system calls as possible; the batch is empty
     * afterwards. What the kernel refuses is dropped: a frame refused for its own sake ({@code
     * EMSGSIZE}) does not hold up those behind it, a full buffer ({@code EAGAIN}, {@code ENOBUFS})
     * drops the rest.
     *
     * @return frames sent since the last flush, those that {@link #queue} sent included; or {@code
     *     -errno} of the first refusal if there were none.
     */
    int flush();

    /**
     * Longest frame, bytes behind IP and UDP header, that fits the configured or the interface's
     * MTU; may change from call to call. A path may carry less.
     */
    int frameLimit();
}
