package org.pfsyncd.group;

import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.GroupCounter;

/**
 * Where a group counts and tells.
 *
 * @param counters counters of this group.
 * @param log with one cause for each of {@link PfsyncGroup.Cause}.
 */
public record GroupMetrics(CounterSet<GroupCounter> counters, EventLog log) {}
