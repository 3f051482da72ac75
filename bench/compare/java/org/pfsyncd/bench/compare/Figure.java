package org.pfsyncd.bench.compare;

/** A row of the comparison. */
enum Figure {
    ONE_WAY_P50("one way p50", "us"),
    ONE_WAY_P99("one way p99", "us"),
    ONE_WAY_P999("one way p99.9", "us"),
    ROUND_TRIP_P50("round trip p50", "us"),
    ROUND_TRIP_P99("round trip p99", "us"),
    ROUND_TRIP_P999("round trip p99.9", "us"),
    LIVE_RATE("new states, one after the other", "states/s"),
    LIVE_CPU_SENDER("new states: sender's CPU", "us/state"),
    LIVE_CPU_RECEIVER("new states: receiver's CPU", "us/state"),
    BULK_SECONDS("bulk to an empty peer", "s"),
    BULK_CPU_SENDER("bulk: sender's CPU", "us/state"),
    BULK_CPU_RECEIVER("bulk: receiver's CPU", "us/state"),
    MEMORY_SENDER("sender's private memory", "B/state"),
    MEMORY_RECEIVER("receiver's private memory", "B/state");

    final String label;
    final String unit;

    Figure(String label, String unit) {
        this.label = label;
        this.unit = unit;
    }
}
