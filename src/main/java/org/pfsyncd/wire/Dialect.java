package org.pfsyncd.wire;

/**
 * The living ways to write a state on the wire (spec pfsync.md section 2.1).
 *
 * <p>{@link #V5} is a frame of header version 5 that carried no full state, so that the format its
 * sender would use for one is not known yet.
 */
public enum Dialect {
    /** OpenBSD 4.7 and later: header version 6, 264-byte states. */
    V6("v6", 6, 264),
    /** FreeBSD 9 to 13: header version 5, 242-byte states, actions 1 and 3. */
    V1301("1301", 5, 242),
    /** FreeBSD 14: header version 5, 277-byte states, actions 13 and 14. */
    V1400("1400", 5, 277),
    /** FreeBSD 15: header version 5, 360-byte states, actions 15 and 16. */
    V1500("1500", 5, 360),
    /** Header version 5, state format not yet heard. */
    V5("v5", 5, 0);

    private static final Dialect[] VALUES = values();

    private final String label;
    private final int headerVersion;
    private final int stateLength;

    Dialect(String label, int headerVersion, int stateLength) {
        this.label = label;
        this.headerVersion = headerVersion;
        this.stateLength = stateLength;
    }

    /** As written in the configuration: {@code v6}, {@code 1301}, {@code 1400}, {@code 1500}. */
    public String label() {
        return label;
    }

    /** First byte of a frame. */
    public int headerVersion() {
        return headerVersion;
    }

    /** Bytes of one full state on the wire; 0 where unknown. */
    public int stateLength() {
        return stateLength;
    }

    /** The constant with this {@link #ordinal()}, without an array copy. */
    public static Dialect of(int ordinal) {
        return VALUES[ordinal];
    }
}
