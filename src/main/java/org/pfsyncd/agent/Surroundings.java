package org.pfsyncd.agent;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;

/**
 * Time and chance as they come in from outside.
 *
 * @param nano monotonic, nanoseconds.
 * @param epoch wall clock, milliseconds.
 * @param seed of every random choice: node id, session numbers.
 */
public record Surroundings(NanoClock nano, EpochClock epoch, long seed) {}
