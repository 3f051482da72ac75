package org.pfsyncd.config;

import java.util.List;

/**
 * A whole configuration.
 *
 * @param node the {@code [node]} table.
 * @param journal the {@code [journal]} table.
 * @param timeoutSeconds the {@code [timeouts]} table: seconds by timeout class, 0 where pf's
 *     default holds.
 * @param groups the {@code [[group]]} tables; may be empty where there are peers.
 * @param peers the {@code [[peer]]} tables, names and endpoints unique; may be empty.
 */
public record PfsyncdConfig(
        NodeConfig node,
        JournalConfig journal,
        List<Integer> timeoutSeconds,
        List<GroupConfig> groups,
        List<PeerConfig> peers) {

    public PfsyncdConfig {
        timeoutSeconds = List.copyOf(timeoutSeconds);
        groups = List.copyOf(groups);
        peers = List.copyOf(peers);
    }
}
