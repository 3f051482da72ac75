package org.pfsyncd.config;

import java.util.List;
import java.util.Map;

/** Reads one {@code [[peer]]} table. Stateless. */
final class PeerReader {
    private static final int LEAST_MTU = 576;
    private static final int LEAST_RATE = 64 << 10;
    private static final String RATE_FORM = "give \"0\" for no limit, or 64KiB to 1TiB a second";

    /** Protocols whose packets the kernel or another daemon on the same host answers. */
    private static final Map<Integer, String> TAKEN =
            Map.of(
                    1, "ICMP, which the kernel answers",
                    6, "TCP, which the kernel answers with resets",
                    17, "UDP, which the kernel answers",
                    58, "ICMPv6, which the kernel answers",
                    112, "CARP and VRRP, which would read each frame as an advertisement",
                    240, "pfsync, which firewalls would read as their own");

    private PeerReader() {}

    static PeerConfig read(Section peer, String ownName, Machine machine) {
        String address = peerAddress(peer);
        String interfaceName = interfaceName(peer, machine);
        if (interfaceName == null && AddressForm.isLinkLocal(address)) {
            peer.complain(
                    "interface",
                    "is missing, and " + address + " is an address of one link",
                    "name the interface it is reached through");
        }
        return new PeerConfig(
                name(peer, ownName),
                address,
                peer.choice("carrier", "raw", List.of("raw", "udp")),
                protocol(peer),
                (int) peer.number("udp-port", 4240, 1024, 65_535),
                localAddress(peer, address),
                interfaceName,
                mtu(peer),
                peer.choice("mode", "both", List.of("both", "receive")),
                rate(peer),
                window(peer));
    }

    private static String name(Section peer, String ownName) {
        String name = peer.text("name", "");
        if (name.isEmpty()) {
            peer.complain("name", "is missing", "give the other node's node.name");
        } else if (!name.matches(ConfigLoader.NODE_NAME)) {
            peer.complain(
                    "name",
                    "is \"" + name + "\"",
                    "give the other node's node.name: 1 to 63 letters, digits, dots, dashes and"
                            + " underscores");
        } else if (name.equals(ownName)) {
            peer.complain(
                    "name",
                    "is \"" + name + "\", which is this node's own",
                    "give the other node's node.name, or set node.name here");
        }
        return name;
    }

    private static String peerAddress(Section peer) {
        String address = peer.text("address", "");
        if (address.isEmpty()) {
            peer.complain("address", "is missing", "give the peer's numeric address");
        } else if (!AddressForm.isUnicast(address)) {
            peer.complain(
                    "address",
                    "is \"" + address + "\"",
                    "give the numeric IPv4 or IPv6 address of one host");
        }
        return address;
    }

    private static String localAddress(Section peer, String address) {
        String local = peer.text("local-address", null);
        if (local == null) {
            return null;
        }
        String what = "is \"" + local + "\"";
        if (!AddressForm.isUnicast(local)) {
            peer.complain("local-address", what, "give a numeric address of this host");
        } else if (AddressForm.isUnicast(address)) {
            if (!AddressForm.isSameFamily(local, address)) {
                peer.complain(
                        "local-address",
                        what + ", and peer.address is " + address,
                        "give both in IPv4 or both in IPv6");
            } else if (AddressForm.isSame(local, address)) {
                peer.complain(
                        "local-address",
                        what + ", which is peer.address too",
                        "give this host's address here and the other's there");
            }
        }
        return local;
    }

    private static String interfaceName(Section peer, Machine machine) {
        String name = peer.text("interface", null);
        if (name != null && machine.lacksInterface(name)) {
            peer.complain(
                    "interface",
                    "is \"" + name + "\", which does not exist",
                    "interfaces here: " + String.join(" ", machine.interfaces()));
        }
        return name;
    }

    private static int protocol(Section peer) {
        int protocol = (int) peer.number("protocol", 253, 1, 254);
        String taken = TAKEN.get(protocol);
        if (taken != null) {
            peer.complain(
                    "protocol",
                    "is " + protocol + ", which is " + taken,
                    "choose another, such as 253 or 254, on both ends");
        }
        return protocol;
    }

    private static int mtu(Section peer) {
        int mtu = (int) peer.number("mtu", 0, 0, 65_535);
        if (mtu > 0 && mtu < LEAST_MTU) {
            peer.complain(
                    "mtu",
                    "is " + mtu,
                    "give 0 for the interface's, or a value from " + LEAST_MTU + " to 65535");
        }
        return mtu;
    }

    private static long rate(Section peer) {
        long rate = peer.bytes("rate", 0, 0, 1L << 40);
        if (rate > 0 && rate < LEAST_RATE) {
            peer.complain("rate", "is " + rate + " bytes a second", RATE_FORM);
        }
        return rate;
    }

    private static int window(Section peer) {
        long window = peer.bytes("window", 4 << 20, 256 << 10, 64 << 20);
        if (Long.bitCount(window) != 1) {
            peer.complain("window", "is " + window, "give a power of two, such as \"4MiB\"");
        }
        return (int) window;
    }
}
