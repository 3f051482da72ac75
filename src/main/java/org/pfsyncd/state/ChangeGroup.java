package org.pfsyncd.state;

/** Whose change the deltas at hand are; a reused part of a {@link Join}. */
final class ChangeGroup {
    long nodeId;
    long incarnation;
    long sequence;

    /** All of it is in the table, by another path. */
    boolean isKnown;

    /** The batch already says whose change follows. */
    boolean isMarked;
}
