package org.pfsyncd.doctor;

import java.net.InetAddress;
import java.util.List;

/**
 * What is configured of one pfsync segment, as far as the diagnosis needs it.
 *
 * @param name of the group, or of the capture.
 * @param syncdev interface; empty for a capture.
 * @param destination numeric address that frames of the segment go to; empty if not known.
 * @param localAddresses numeric addresses of syncdev.
 * @param allow numeric addresses or prefixes that are believed; empty for everybody.
 * @param headerVersion the only header version that is configured, 5 or 6; 0 for both.
 * @param creatorId our own host id, 0 none.
 */
public record Segment(
        String name,
        String syncdev,
        String destination,
        List<String> localAddresses,
        List<String> allow,
        int headerVersion,
        int creatorId) {
    public Segment {
        // One spelling: ff12::f0 is not how a packet's address is written.
        destination =
                destination.isEmpty() ? "" : InetAddress.ofLiteral(destination).getHostAddress();
        localAddresses = List.copyOf(localAddresses);
        allow = List.copyOf(allow);
    }

    /** A segment of which nothing but packets is known. */
    public static Segment ofCapture(String name) {
        return new Segment(name, "", "", List.of(), List.of(), 0, 0);
    }

    /** Whether it is a live segment, with a configuration. */
    boolean isConfigured() {
        return !destination.isEmpty();
    }

    boolean isLocal(String address) {
        return localAddresses.contains(address);
    }

    /** Whether frames to this address are for us. */
    boolean isOurs(String address) {
        return address.equals(destination) || isLocal(address);
    }

    boolean usesGroup() {
        return isMulticast(destination);
    }

    /** Whether the configuration believes this sender. */
    boolean allows(String sender) {
        return allow.isEmpty() || allow.stream().anyMatch(entry -> contains(entry, sender));
    }

    static boolean isMulticast(String address) {
        return !address.isEmpty() && InetAddress.ofLiteral(address).isMulticastAddress();
    }

    private static boolean contains(String entry, String address) {
        int slash = entry.indexOf('/');
        byte[] prefix =
                InetAddress.ofLiteral(slash < 0 ? entry : entry.substring(0, slash)).getAddress();
        byte[] other = InetAddress.ofLiteral(address).getAddress();
        if (prefix.length != other.length) {
            return false;
        }
        int bits = slash < 0 ? prefix.length * 8 : Integer.parseInt(entry.substring(slash + 1));
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i & 7);
            if (((prefix[i >> 3] ^ other[i >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
