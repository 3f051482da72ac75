package org.pfsyncd.sim;

/** An invariant that did not hold; ends the run. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Invariant invariant;

    Violation(Invariant invariant, String details) {
        super(details);
        this.invariant = invariant;
    }

    Invariant invariant() {
        return invariant;
    }
}
