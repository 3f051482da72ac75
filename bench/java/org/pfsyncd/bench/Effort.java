package org.pfsyncd.bench;

/** How long a scenario may take; more time buys more pairs and larger tables. */
enum Effort {
    /** About a second, to see that it still runs; its figures mean nothing. */
    SMOKE,
    QUICK,
    NORMAL,
    FULL;

    /** Whether there is time for what no target is about. */
    boolean isLong() {
        return this == NORMAL || this == FULL;
    }

    /** The one of four that belongs to this effort. */
    int of(int smoke, int quick, int normal, int full) {
        return switch (this) {
            case SMOKE -> smoke;
            case QUICK -> quick;
            case NORMAL -> normal;
            case FULL -> full;
        };
    }
}
