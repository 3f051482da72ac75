package org.pfsyncd.text;

import java.util.Set;
import org.pfsyncd.wire.MessageKind;

/**
 * Which messages are printed. Refusals and unknown regions belong to no message and are printed
 * only when everything is.
 *
 * @param kinds the kinds wanted; empty for all.
 * @param creatorIds the creators wanted; empty for all.
 */
public record MessageFilter(Set<MessageKind> kinds, Set<Integer> creatorIds) {
    /** Prints everything. */
    public static final MessageFilter ALL = new MessageFilter(Set.of(), Set.of());

    /** True if nothing is left out. */
    public boolean isAll() {
        return kinds.isEmpty() && creatorIds.isEmpty();
    }

    /** True if a message of this kind about this creator is wanted. */
    boolean accepts(MessageKind kind, int creatorId) {
        return (kinds.isEmpty() || kinds.contains(kind))
                && (creatorIds.isEmpty() || creatorIds.contains(creatorId));
    }

    /** True if a message that names no creator (TDB) is wanted. */
    boolean accepts(MessageKind kind) {
        return creatorIds.isEmpty() && (kinds.isEmpty() || kinds.contains(kind));
    }
}
