package org.pfsyncd.config;

import java.nio.file.Path;

/**
 * The {@code [node]} table.
 *
 * @param name of the node.
 * @param dataDir holds the journal.
 * @param runDir holds ring, counters and control socket; should be tmpfs.
 * @param mode {@code shared} or {@code dedicated}.
 * @param idle {@code backoff}, {@code yield} or {@code busy-spin}.
 * @param capacity most states.
 */
public record NodeConfig(
        String name, Path dataDir, Path runDir, String mode, String idle, long capacity) {}
