package org.pfsyncd.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a changed configuration changes: what takes effect while running, and what needs a restart.
 * Stateless.
 *
 * @param live settings that take effect at once.
 * @param restart settings that need a restart.
 */
public record ConfigDiff(List<String> live, List<String> restart) {
    public ConfigDiff {
        live = List.copyOf(live);
        restart = List.copyOf(restart);
    }

    /** Compares two configurations. */
    public static ConfigDiff between(PfsyncdConfig old, PfsyncdConfig changed) {
        List<String> live = new ArrayList<>();
        List<String> restart = new ArrayList<>();
        note(restart, "node", old.node(), changed.node());
        note(restart, "journal", old.journal(), changed.journal());
        note(restart, "timeouts", old.timeoutSeconds(), changed.timeoutSeconds());
        for (GroupConfig group : changed.groups()) {
            GroupConfig before = find(old, group.name());
            if (before == null) {
                restart.add("group." + group.name() + " (new)");
            } else {
                groups(before, group, live, restart);
            }
        }
        for (GroupConfig group : old.groups()) {
            if (find(changed, group.name()) == null) {
                restart.add("group." + group.name() + " (gone)");
            }
        }
        for (PeerConfig peer : changed.peers()) {
            PeerConfig before = find(old.peers(), peer.name());
            if (before == null) {
                restart.add("peer." + peer.name() + " (new)");
            } else {
                peers(before, peer, restart);
            }
        }
        for (PeerConfig peer : old.peers()) {
            if (find(changed.peers(), peer.name()) == null) {
                restart.add("peer." + peer.name() + " (gone)");
            }
        }
        return new ConfigDiff(live, restart);
    }

    public boolean isEmpty() {
        return live.isEmpty() && restart.isEmpty();
    }

    private static void groups(
            GroupConfig a, GroupConfig b, List<String> live, List<String> restart) {
        String head = "group." + a.name() + ".";
        note(live, head + "ack", a.ack(), b.ack());
        note(live, head + "allow", a.allow(), b.allow());
        note(live, head + "interfaces", a.interfaces(), b.interfaces());
        note(live, head + "silence", a.silenceSeconds(), b.silenceSeconds());
        note(live, head + "answer-rate", a.answerRate(), b.answerRate());
        note(restart, head + "syncdev", a.syncdev(), b.syncdev());
        note(restart, head + "syncpeer", a.syncpeer(), b.syncpeer());
        note(restart, head + "address", a.address(), b.address());
        note(restart, head + "role", a.role(), b.role());
        note(restart, head + "dialect", a.dialect(), b.dialect());
        note(restart, head + "realm", a.realm(), b.realm());
        note(
                restart,
                head + "bulk-rate",
                a.bulkBudget() + "/" + a.bulkRefillSeconds(),
                b.bulkBudget() + "/" + b.bulkRefillSeconds());
        note(restart, head + "bulk-pace", a.bulkPaceSeconds(), b.bulkPaceSeconds());
        note(restart, head + "carrier", a.carrier() + a.udpPort(), b.carrier() + b.udpPort());
        note(restart, head + "creatorid", a.creatorId(), b.creatorId());
        note(restart, head + "names", a.names(), b.names());
        note(restart, head + "announcing", a.relay(), b.relay());
    }

    private static void peers(PeerConfig a, PeerConfig b, List<String> restart) {
        String head = "peer." + a.name() + ".";
        note(restart, head + "address", a.address(), b.address());
        note(restart, head + "carrier", a.carrier(), b.carrier());
        note(restart, head + "protocol", a.protocol(), b.protocol());
        note(restart, head + "udp-port", a.udpPort(), b.udpPort());
        note(restart, head + "local-address", a.localAddress(), b.localAddress());
        note(restart, head + "interface", a.interfaceName(), b.interfaceName());
        note(restart, head + "mtu", a.mtu(), b.mtu());
        note(restart, head + "mode", a.mode(), b.mode());
        note(restart, head + "rate", a.bytesPerSecond(), b.bytesPerSecond());
        note(restart, head + "window", a.windowBytes(), b.windowBytes());
    }

    private static void note(List<String> into, String key, Object before, Object after) {
        if (!Objects.equals(before, after)) {
            into.add(key);
        }
    }

    private static PeerConfig find(List<PeerConfig> peers, String name) {
        return peers.stream().filter(peer -> peer.name().equals(name)).findFirst().orElse(null);
    }

    private static GroupConfig find(PfsyncdConfig config, String name) {
        return config.groups().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
