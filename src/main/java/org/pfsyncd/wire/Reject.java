package org.pfsyncd.wire;

/**
 * Every reason to refuse a frame, a region or one message, with the netstat counter it belongs to
 * (spec pfsync.md sections 1.10 and 8.12) and a sentence for people.
 */
public enum Reject {
    SHORT_HEADER("hdrops", "shorter than the 20-byte header"),
    BAD_VERSION_V1("badver", "format 1: OpenBSD 3.3 and 3.4; upgrade that host"),
    BAD_VERSION_V2(
            "badver",
            "format 2: OpenBSD 3.5 to 3.8, FreeBSD 5 and 6, DragonFly; upgrade that host"),
    BAD_VERSION_V3(
            "badver", "format 3: OpenBSD 3.9 to 4.3, FreeBSD 7 and 8, NetBSD; upgrade that host"),
    BAD_VERSION_V4("badver", "format 4: OpenBSD 4.4; upgrade that host"),
    BAD_VERSION_V5_OPENBSD(
            "badver", "format 5 of OpenBSD 4.5 and 4.6 (240-byte states); upgrade that host"),
    BAD_VERSION_V5(
            "badver",
            "format 5 of FreeBSD in a group whose dialect is v6; set dialect to auto or 1301"),
    BAD_VERSION_V6(
            "badver",
            "format 6 of OpenBSD in a group whose dialect is FreeBSD's; set dialect to auto or v6"),
    BAD_VERSION_OTHER("badver", "a format no system ever sent"),
    BAD_LENGTH_HEADER("badlen", "shorter than its header says"),
    BAD_LENGTH_REGION("badlen", "a region is longer than the packet"),
    BAD_LENGTH_EOF("badlen", "bytes behind the end-of-frame mark"),
    BAD_ACTION("badact", "unknown or unimplemented action; the rest of the packet is lost"),
    BAD_VALUE_TIMEOUT("badval", "unknown timeout class"),
    BAD_VALUE_PEER_STATE("badval", "peer state above 12"),
    BAD_VALUE_DIRECTION("badval", "direction above 2"),
    BAD_VALUE_AF("badval", "address family that the dialect does not know"),
    BAD_VALUE_IFNAME("badval", "empty or unterminated name"),
    BAD_VALUE_CREATORID("badval", "creatorid 0"),
    NAMES_FULL("limit", "the name table is full");

    private final String family;
    private final String meaning;

    Reject(String family, String meaning) {
        this.family = family;
        this.meaning = meaning;
    }

    /**
     * Short name of the netstat counter: {@code hdrops}, {@code badver}, {@code badlen}, {@code
     * badact}, {@code badval}.
     */
    public String family() {
        return family;
    }

    /** What is wrong, and with whom. */
    public String meaning() {
        return meaning;
    }

    /** The refusal for a first byte that a group does not accept. */
    static Reject ofVersion(int version) {
        return switch (version) {
            case 1 -> BAD_VERSION_V1;
            case 2 -> BAD_VERSION_V2;
            case 3 -> BAD_VERSION_V3;
            case 4 -> BAD_VERSION_V4;
            case 5 -> BAD_VERSION_V5;
            case 6 -> BAD_VERSION_V6;
            default -> BAD_VERSION_OTHER;
        };
    }
}
