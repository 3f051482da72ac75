package org.pfsyncd.text;

/** Names of IP protocols, as the protocol tables of the BSDs have them. */
public final class ProtocolNames {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMPV6 = 58;
    static final int SCTP = 132;

    private static final String[] NAMES = new String[256];

    static {
        name(0, "ip");
        name(ICMP, "icmp");
        name(2, "igmp");
        name(3, "ggp");
        name(4, "ipencap");
        name(TCP, "tcp");
        name(8, "egp");
        name(9, "igp");
        name(12, "pup");
        name(UDP, "udp");
        name(20, "hmp");
        name(22, "xns-idp");
        name(27, "rdp");
        name(29, "iso-tp4");
        name(36, "xtp");
        name(37, "ddp");
        name(38, "idpr-cmtp");
        name(41, "ipv6");
        name(43, "ipv6-route");
        name(44, "ipv6-frag");
        name(45, "idrp");
        name(46, "rsvp");
        name(47, "gre");
        name(50, "esp");
        name(51, "ah");
        name(57, "skip");
        name(ICMPV6, "ipv6-icmp");
        name(59, "ipv6-nonxt");
        name(60, "ipv6-opts");
        name(73, "rspf");
        name(81, "vmtp");
        name(88, "eigrp");
        name(89, "ospf");
        name(94, "ipip");
        name(97, "etherip");
        name(98, "encap");
        name(103, "pim");
        name(108, "ipcomp");
        name(112, "carp");
        name(115, "l2tp");
        name(124, "isis");
        name(SCTP, "sctp");
        name(133, "fc");
        name(136, "udplite");
        name(137, "mpls-in-ip");
        name(240, "pfsync");
    }

    private ProtocolNames() {}

    /** The name of protocol 0 to 255, or null where only the number is printed. */
    public static String of(int protocol) {
        return NAMES[protocol];
    }

    static void append(StringBuilder out, int protocol) {
        String name = NAMES[protocol];
        if (name == null) {
            out.append(protocol);
        } else {
            out.append(name);
        }
    }

    private static void name(int protocol, String name) {
        NAMES[protocol] = name;
    }
}
