package org.pfsyncd.doctor;

import java.util.List;

/**
 * Every fault that can be named: its code (a promise to scripts), what it means for live
 * connections, and the next steps. In the steps {@code {syncdev}}, {@code {sender}} and {@code
 * {value}} stand for the finding's own.
 */
public enum Fault {
    INTERFACE_DOWN(
            "interface-down",
            "nothing is mirrored and nothing is sent; after a takeover every connection starts"
                    + " anew",
            "here: ip link set {syncdev} up; then look at: ip -s link show {syncdev}",
            "on the firewalls: ifconfig pfsync0 (syncdev), ifconfig on that interface (status)"),
    WRONG_INTERFACE(
            "wrong-interface",
            "what this host is configured to hear does not come; the states of the sender are not"
                    + " mirrored here",
            "here: in pfsyncd.toml set syncdev = \"{value}\" for this group, then restart pfsyncd",
            "or on the firewall: ifconfig pfsync0 syncdev IF, the one wired to {syncdev} here"),
    WRONG_VLAN(
            "wrong-vlan",
            "packets with a VLAN tag are not {syncdev}'s: no pfsync socket on it gets them",
            "here: ip link add link {syncdev} name {syncdev}.{value} type vlan id {value}; ip link"
                    + " set {syncdev}.{value} up; then syncdev = \"{syncdev}.{value}\"",
            "or make the switch port untagged; on the firewall: ifconfig pfsync0 (which syncdev?)"),
    NOTHING_HEARD(
            "nothing-heard",
            "no firewall's states arrive: a takeover would cut every connection",
            "on the firewalls: ifconfig pfsync0 (up? which syncdev?), pfctl -si (enabled?)",
            "FreeBSD: ifconfig pfsync0 syncdev IF up; OpenBSD: ifconfig pfsync0 syncdev IF;"
                    + " ifconfig pfsync0 up; both: pf.conf must pass proto pfsync there",
            "here: ip -s link show {syncdev} (cable, VLAN, are any packets received?)"),
    MULTICAST_FILTERED(
            "multicast-filtered",
            "the host is there, but its state changes do not reach this one; nor, likely, its pair",
            "on the switch: switch off IGMP snooping for 224.0.0.0/24 on these ports, or add a"
                    + " querier",
            "on {sender}: ifconfig pfsync0 (up? syncdev?); tcpdump -ni IF proto 240 (does it"
                    + " send?)",
            "or without multicast: ifconfig pfsync0 syncpeer ADDRESS on both firewalls, and"
                    + " syncpeer here"),
    FILTERED_HERE(
            "filtered-here",
            "packets arrive at {syncdev} and are dropped by this host itself: the daemon hears"
                    + " nothing",
            "here: nft list ruleset (or iptables -S), then: nft insert rule inet filter input"
                    + " iifname {syncdev} ip protocol 240 accept",
            "here: sysctl net.ipv4.conf.{syncdev}.rp_filter (1 drops senders of other subnets)"),
    ONE_WAY(
            "one-way",
            "changes go in one direction only: after a takeover in the other one, connections are"
                    + " cut",
            "on both firewalls: ifconfig pfsync0 (equal syncpeer, or -syncpeer on both?)",
            "on both: netstat -s -p pfsync twice (do received AND sent grow?)",
            "on both: pf.conf must pass proto pfsync on syncdev, in and out: pfctl -sr"),
    WRONG_DESTINATION(
            "wrong-destination",
            "these packets are for {value} alone: nobody else takes them, pfsyncd included",
            "on {sender}: ifconfig pfsync0 -syncpeer (back to the group 224.0.0.240)",
            "or here: join as the peer: syncpeer = \"{sender}\" and that address on {syncdev}"),
    TTL(
            "ttl",
            "every pf host and pfsyncd drop these packets (badttl): the sender's connections are on"
                    + " no other firewall",
            "a router stands between: both syncdevs belong on one segment, or in a tunnel that"
                    + " leaves the TTL alone (gif, IPsec with syncpeer)",
            "on the receivers: netstat -s -p pfsync (discarded for bad TTL grows)",
            "on {sender}: ifconfig pfsync0 (syncdev, syncpeer); route get ADDRESS of the peer"),
    VERSION(
            "version",
            "receivers of another version drop these packets whole (badver): none of the sender's"
                    + " connections is mirrored",
            "upgrade {sender}, or set dialect = \"auto\" in this group of pfsyncd.toml",
            "on the receivers: netstat -s -p pfsync (discarded for bad version grows)"),
    VERSION_MIX(
            "version-mix",
            "OpenBSD (6) and FreeBSD (5) drop each other's packets whole: neither has the other's"
                    + " connections",
            "one system per pair; until then each kind needs its own segment or group of pfsyncd",
            "on both: netstat -s -p pfsync (discarded for bad version grows)"),
    DIALECT(
            "dialect",
            "FreeBSD before 14 loses every 1400 and 1500 insert and the rest of its packet, FreeBSD"
                    + " 14 every 1500 (badact); new connections are missing there",
            "on the newer hosts: ifconfig pfsync0 version 1301 (or 1400), until all are upgraded",
            "on the older hosts: netstat -s -p pfsync (discarded for bad action grows)"),
    FINGERPRINT(
            "fingerprint",
            "states are taken, but hang on the default rule: rule timeouts, queues, labels and"
                    + " route-to are lost after a takeover",
            "on both: pfctl -si -v (compare Checksum), pfctl -sr (compare rules and interface"
                    + " names)",
            "make pf.conf equal (rename interfaces, or use groups), then: pfctl -f /etc/pf.conf"),
    DUPLICATE_HOSTID(
            "duplicate-hostid",
            "two hosts create states under one name: inserts collide and vanish, and a clear on one"
                    + " deletes the other's connections",
            "on both: pfctl -si -v (compare Hostid)",
            "pf.conf of one: set hostid NUMBER, then: pfctl -f /etc/pf.conf; for pfsyncd:"
                    + " creatorid in this group"),
    MTU(
            "mtu",
            "small updates pass, full packets and bulk updates do not: a rebooted firewall becomes"
                    + " master with an empty table",
            "on the firewalls: ifconfig pfsync0 mtu {value} (not above that of any syncdev on the"
                    + " path)",
            "here: ip link show {syncdev} (mtu); test the path: ping -M do -s 1472 {sender}",
            "on the firewalls: ping -D -s 1472 ADDRESS of the peer"),
    BULK_ENDLESS(
            "bulk-endless",
            "whoever asked waits, demoted, for an END (minutes, with big tables half an hour), then"
                    + " pretends success with half a table",
            "on {sender}: pfctl -si (load, state count), netstat -s -p pfsync (send errors,"
                    + " onomem)",
            "on the asking host: sysctl net.inet.carp.demotion (FreeBSD), ifconfig -g carp"
                    + " (OpenBSD)",
            "ask again: pfsyncd sync; on FreeBSD: ifconfig pfsync0 syncdev IF"),
    BULK_UNANSWERED(
            "bulk-unanswered",
            "the asking host has none of the older connections, and after its last try (12) becomes"
                    + " master without them",
            "is there another firewall? on it: ifconfig pfsync0 (up? syncdev? syncpeer?)",
            "on it: netstat -s -p pfsync (do received packets grow?), pfctl -sr (proto pfsync?)"),
    REQUESTS_UNANSWERED(
            "requests-unanswered",
            "states that the sender changes are unknown to others and stay so: those connections"
                    + " break at a takeover",
            "on {sender}: netstat -s -p pfsync (received grows? failed lookups?)",
            "if only small packets come from it, suspect the MTU: ping -D -s 1472 {sender}"),
    DROPS(
            "drops",
            "state changes are lost in bursts; pfsyncd asks for the whole table again each time",
            "here: sysctl -w net.core.rmem_max=33554432, or grant CAP_NET_ADMIN"
                    + " (ops/pfsyncd.service does), then restart pfsyncd",
            "here: pfsyncd stats (socket-drops), pfsyncd check --live"),
    CLOCK(
            "clock",
            "states are mirrored, but the journal's times are off: answers to who had this address"
                    + " when are wrong by as much",
            "here: timedatectl (or chronyc tracking): is the clock synchronised?",
            "pfsyncd's time never goes back: after the clock is right, restart pfsyncd"),
    NOT_ALLOWED(
            "not-allowed",
            "pfsyncd refuses these packets; pf hosts have no such list and believe them",
            "if it is one of yours: add \"{sender}\" to allow in this group of pfsyncd.toml",
            "if it is not: someone can change your state tables; on the firewalls: block in quick"
                    + " on IF proto pfsync from {sender}"),
    MALFORMED(
            "malformed",
            "the rest of such a packet is lost at every receiver (badlen, badact)",
            "look at them: pfsyncd decode -v FILE of a capture (tcpdump -s 0 -w FILE proto 240)",
            "on the receivers: netstat -s -p pfsync; is {sender} a pf host at all?"),
    NOT_IN_SYNC(
            "not-in-sync",
            "the segment looks sound, but the daemon does not hold all of its states yet",
            "pfsyncd status; pfsyncd sync asks for the whole table again");

    private final String code;
    private final String meaning;
    private final String steps;

    Fault(String code, String meaning, String... steps) {
        this.code = code;
        this.meaning = meaning;
        this.steps = String.join("\n", steps);
    }

    /** Its name in the output. */
    public String code() {
        return code;
    }

    /** What it means for live connections. */
    String meaning() {
        return meaning;
    }

    /** What to do, most telling first. */
    List<String> steps() {
        return steps.lines().toList();
    }
}
