package org.pfsyncd.config;

import java.util.List;

/**
 * A whole configuration.
 *
 * @param node the {@code [node]} table.
 * @param journal the {@code [journal]} table.
 * @param timeoutSeconds the {@code [timeouts]} table: seconds by timeout class, 0 where pf's
 *     default holds.
 * @param groups the {@code [[group]]} tables.
 */
public record PfsyncdConfig(
        NodeConfig node,
        JournalConfig journal,
        List<Integer> timeoutSeconds,
        List<GroupConfig> groups) {

    public PfsyncdConfig {
        timeoutSeconds = List.copyOf(timeoutSeconds);
        groups = List.copyOf(groups);
    }
}
