package org.pfsyncd.state;

/**
 * Why a delta was made: the second byte of every delta in the journal. Numbers are part of the
 * journal's format and never change their meaning.
 */
public final class Reason {
    /** An INS, or an UPD of a state that was not known. */
    public static final int INSERT = 1;

    /** A full or compressed update. */
    public static final int UPDATE = 2;

    /** A DEL or DEL_C. */
    public static final int PEER_DELETE = 3;

    /** Our own timer, after the grace. */
    public static final int EXPIRED = 4;

    /** A CLR. */
    public static final int CLEARED = 5;

    /** Unconfirmed after a completed bulk update. */
    public static final int SWEPT = 6;

    /** The same id came with another key or another creation. */
    public static final int REPLACED = 7;

    /** A finished connection made room for a new one with its key (spec pfsync.md 6.6). */
    public static final int COLLISION = 8;

    /** An operator's command. */
    public static final int OPERATOR = 9;

    /** Part of a snapshot: the state as it stood when its segment was read. */
    public static final int SNAPSHOT = 10;

    /** A peer concluded from silence that the state was gone, and this node knows better. */
    public static final int REVIVED = 11;

    /** A peer's snapshot or repair brought it. */
    public static final int FETCHED = 12;

    /** A peer sent a state that was deleted here a moment ago: the delete is said again. */
    public static final int STILL_DEAD = 13;

    /** As {@link #UPDATE}, said by a relay, who had it from somebody else. */
    public static final int RELAYED = 14;

    private static final String[] NAMES = {
        "none",
        "insert",
        "update",
        "peer-delete",
        "expired",
        "cleared",
        "swept",
        "replaced",
        "collision",
        "operator",
        "snapshot",
        "revived",
        "fetched",
        "still-dead",
        "relayed"
    };

    private Reason() {}

    /** Whether the delete was concluded from silence, and not from anything observed. */
    static boolean isFromSilence(int reason) {
        return reason == EXPIRED || reason == SWEPT;
    }

    /**
     * Of what a join changed: a relay's word and a revival stay known as that, wherever they go.
     */
    static int ofJoin(int reason) {
        return reason == RELAYED || reason == REVIVED ? reason : UPDATE;
    }

    /** Whether the delta only says how a state went on, so that it brings none into being. */
    static boolean isProgress(int reason) {
        return reason == UPDATE || reason == RELAYED;
    }

    /** The word that tools print; {@code reason-N} for a number from a later version. */
    public static String name(int reason) {
        return reason >= 0 && reason < NAMES.length ? NAMES[reason] : "reason-" + reason;
    }
}
