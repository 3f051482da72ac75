package org.pfsyncd.doctor;

/**
 * What this host says of a segment's interface over the time of listening.
 *
 * @param isUp whether the interface exists and is up.
 * @param mtu of the interface, bytes.
 * @param receiveErrors frames the card refused (length, frame, checksum) meanwhile.
 * @param receiveDrops frames the interface dropped meanwhile.
 * @param isMember whether somebody on this host joined the segment's group on the interface, or the
 *     segment needs none.
 * @param acceptedFrames frames that an ordinary raw socket got meanwhile; -1 if not known.
 * @param socketDrops frames that sockets of others, such as the daemon's, lost meanwhile because
 *     their receive buffer was full.
 * @param receiveBufferMax net.core.rmem_max, bytes; 0 if not known.
 * @param missed packets that the doctor itself was too slow for.
 */
public record HostFacts(
        boolean isUp,
        int mtu,
        long receiveErrors,
        long receiveDrops,
        boolean isMember,
        long acceptedFrames,
        long socketDrops,
        long receiveBufferMax,
        long missed) {
    /** Of a capture: nothing is known. */
    public static final HostFacts NONE = new HostFacts(true, 0, 0, 0, false, -1, 0, 0, 0);
}
