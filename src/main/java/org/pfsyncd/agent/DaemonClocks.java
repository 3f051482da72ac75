package org.pfsyncd.agent;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;

/**
 * Time as it comes in from outside.
 *
 * @param nano monotonic, nanoseconds.
 * @param epoch wall clock, milliseconds.
 */
public record DaemonClocks(NanoClock nano, EpochClock epoch) {}
