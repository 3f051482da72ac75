package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/** Which copy a peer's DELETE is about: {@code src/docs/state.md} 9.7. Pure functions. */
final class DeleteRule {
    private DeleteRule() {}

    /**
     * Whether the delta is a DELETE that somebody observed, and tells which copy went. Not a clear:
     * it goes by what a node held when it heard it, and a new state may have the id by now.
     */
    static boolean isObserved(DeltaReader deltas) {
        return deltas.type() == DeltaType.DELETE
                && !Reason.isFromSilence(deltas.reason())
                && deltas.reason() != Reason.CLEARED
                && deltas.expiresAtMs() != 0;
    }

    /**
     * Whether a DELETE concerns the copy that is here.
     *
     * @param isKnown the change is contained in this table, it is said: then a copy that says more
     *     than the dead one did is a later one.
     */
    static boolean concerns(DeltaReader deltas, StateRecord known, boolean isKnown, long nowMs) {
        long createdAtMs = deltas.createdAtMs();
        boolean isOther =
                createdAtMs != Long.MAX_VALUE
                        && Identity.isCreatedLater(createdAtMs, known.createdAtMs(), nowMs);
        // An id that is used again is deleted and put at once: whoever has the new one keeps it.
        boolean isReplacement =
                deltas.reason() == Reason.REPLACED && known.createdAtMs() > createdAtMs;
        boolean isNewer = isKnown && known.expiresAtMs() > deltas.expiresAtMs();
        return !isOther && !isReplacement && !isNewer;
    }
}
