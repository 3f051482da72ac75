package org.pfsyncd.net;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A frame under way in a {@link SimNetwork} or waiting at a {@link SimEndpoint}; pooled. Owned by
 * the network's thread.
 */
final class SimFrame implements Comparable<SimFrame> {
    final UnsafeBuffer bytes = new UnsafeBuffer(new byte[0]);
    final byte[] source = new byte[16];
    final byte[] destination = new byte[16];
    SimEndpoint receiver;
    int length;
    int af;
    int ttl;
    int interfaceIndex;
    long arrivalNs;
    long sequence;

    void copy(DirectBuffer from, int offset, int newLength) {
        if (bytes.capacity() < newLength) {
            bytes.wrap(new byte[Math.max(newLength, 2 * bytes.capacity())]);
        }
        bytes.putBytes(0, from, offset, newLength);
        length = newLength;
    }

    /** By arrival, then by the order of sending; {@code arrivalNs} may wrap. */
    @Override
    public int compareTo(SimFrame other) {
        long difference = arrivalNs - other.arrivalNs;
        return Long.signum(difference != 0 ? difference : sequence - other.sequence);
    }
}
