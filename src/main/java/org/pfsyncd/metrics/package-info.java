/**
 * Counter catalogue, latency recorders, duty-cycle trackers. Each set belongs to one writing
 * thread.
 */
package org.pfsyncd.metrics;
