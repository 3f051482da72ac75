package org.pfsyncd.state;

import org.pfsyncd.wire.StateRecord;

/**
 * The kinds of delta and their layout: what a journal document is made of, and what a peer is sent.
 * Little-endian throughout; numbers are part of the format ({@code src/docs/state.md} section 7).
 *
 * <pre>
 * header  type 1 | reason 1 | length 2 (of the whole delta)
 * NAME    header | id 2 | the name's bytes
 * PUT     header | record, its first 288 bytes
 * UPDATE  header | key 16 | mutable block 80
 * DELETE  header | key 16 | createdAtMs 8 | expiresAtMs 8
 * POSITION header | node id 8 | incarnation 8 | sequence 8
 * TOMBSTONE header | key 16 | createdAtMs 8 | diedAtMs 8 | identity 8
 * </pre>
 */
public final class DeltaType {
    /** Gives a name to an id; stands before the first delta that uses the id. */
    public static final int NAME = 1;

    /** A state as it now is, new or not. */
    public static final int PUT = 2;

    /** The mutable block of a known state. */
    public static final int UPDATE = 3;

    /** A state is gone. */
    public static final int DELETE = 4;

    /**
     * How far the table contains what another node's table contained (decision 4); its reason byte
     * is {@link #ORIGIN}, {@link #SOURCE} or {@link #OWN}.
     */
    public static final int POSITION = 5;

    /** A PUT without its zeros ({@link SparsePut}); between nodes only. */
    public static final int SPARSE_PUT = 6;

    /** A state that is gone, so that an older copy of it stays out; in snapshots only. */
    public static final int TOMBSTONE = 7;

    /** POSITION: what follows, up to the next ORIGIN or OWN, is this change of that node. */
    public static final int ORIGIN = 1;

    /** POSITION: everything up to there is contained; says nothing of what follows. */
    public static final int SOURCE = 2;

    /** POSITION: what follows is a change of the writer's own, whatever caused it. */
    public static final int OWN = 3;

    /** TOMBSTONE, as its reason: the state was new in the table that it died in. */
    public static final int NEW = 1;

    /** Bytes before a delta's content. */
    public static final int HEADER_LENGTH = 4;

    public static final int PUT_LENGTH = HEADER_LENGTH + StateRecord.JOURNALED_LENGTH;
    public static final int UPDATE_LENGTH =
            HEADER_LENGTH + StateRecord.KEY_LENGTH + StateRecord.MUTABLE_LENGTH;

    /** A DELETE of journal format 1: the key alone. */
    public static final int OLD_DELETE_LENGTH = HEADER_LENGTH + StateRecord.KEY_LENGTH;

    public static final int DELETE_LENGTH = OLD_DELETE_LENGTH + 2 * Long.BYTES;
    public static final int POSITION_LENGTH = HEADER_LENGTH + 3 * Long.BYTES;
    public static final int TOMBSTONE_LENGTH = DELETE_LENGTH + Long.BYTES;

    static final int TYPE_OFFSET = 0;
    static final int REASON_OFFSET = 1;
    static final int LENGTH_OFFSET = 2;
    static final int NAME_ID_OFFSET = HEADER_LENGTH;
    static final int NAME_BYTES_OFFSET = NAME_ID_OFFSET + Short.BYTES;
    static final int CREATED_OFFSET = HEADER_LENGTH + StateRecord.KEY_LENGTH;
    static final int EXPIRES_OFFSET = CREATED_OFFSET + Long.BYTES;
    static final int DIED_OFFSET = EXPIRES_OFFSET;
    static final int IDENTITY_OFFSET = DIED_OFFSET + Long.BYTES;
    static final int NODE_OFFSET = HEADER_LENGTH;
    static final int INCARNATION_OFFSET = NODE_OFFSET + Long.BYTES;
    static final int SEQUENCE_OFFSET = INCARNATION_OFFSET + Long.BYTES;

    private static final String[] NAMES = {
        "NONE", "NAME", "PUT", "UPDATE", "DELETE", "POSITION", "SPARSE-PUT", "TOMBSTONE"
    };

    private DeltaType() {}

    /** The word for the kind of a POSITION. */
    static String positionKind(int kind) {
        return switch (kind) {
            case ORIGIN -> "origin";
            case SOURCE -> "source";
            case OWN -> "own";
            default -> "kind-" + kind;
        };
    }

    /** The word that tools print; {@code TYPE-N} for a number from a later version. */
    public static String name(int type) {
        return type >= 0 && type < NAMES.length ? NAMES[type] : "TYPE-" + type;
    }
}
