package org.pfsyncd.wire;

/**
 * Offsets of a full state on the wire (spec pfsync.md sections 4.1 to 4.5). The FreeBSD formats
 * share bytes 0 to 231; version 6 has keys of 40 instead of 36 bytes, so what follows the keys lies
 * 8 bytes further on.
 */
final class StateLayout {
    static final int IFNAME_LENGTH = 16;
    static final int TAGNAME_LENGTH = 64;
    static final int PEER_STATE_LIMIT = 12;
    static final int DIRECTION_LIMIT = 2;

    /** Highest route option of v6: reply-to. */
    static final int V6_RT_LIMIT = 3;

    /** Lowest and highest route option of FreeBSD that v6 knows too: route-to and reply-to. */
    static final int RT_FIRST = 2;

    static final int RT_LAST = 4;

    static final int ID = 0;
    static final int IFNAME = 8;
    static final int KEY_WIRE = 24;
    static final int KEY_V5_LENGTH = 36;
    static final int KEY_V6_LENGTH = 40;
    static final int KEY_PORTS = 32;
    static final int KEY_RDOMAIN = 36;
    static final int KEY_AF = 38;

    // FreeBSD; add shift(dialect).
    static final int SRC = 96;
    static final int DST = 128;
    static final int RT_ADDR = 160;
    static final int RULE = 176;
    static final int ANCHOR = 180;
    static final int NAT_RULE = 184;
    static final int CREATION = 188;
    static final int EXPIRE = 192;
    static final int PACKETS0 = 196;
    static final int PACKETS1 = 204;
    static final int BYTES0 = 212;
    static final int BYTES1 = 220;
    static final int CREATOR_ID = 228;

    static final int V6_RTABLE0 = 240;
    static final int V6_RTABLE1 = 244;
    static final int V6_MAX_MSS = 248;
    static final int V6_AF = 250;
    static final int V6_PROTO = 251;
    static final int V6_DIRECTION = 252;
    static final int V6_LOG = 253;
    static final int V6_RT = 254;
    static final int V6_TIMEOUT = 255;
    static final int V6_SYNC_FLAGS = 256;
    static final int V6_UPDATES = 257;
    static final int V6_MIN_TTL = 258;
    static final int V6_SET_TOS = 259;
    static final int V6_STATE_FLAGS = 260;
    static final int V6_SET_PRIO = 262;

    // 1301, and 1400 which keeps these places.
    static final int FB_AF = 232;
    static final int FB_PROTO = 233;
    static final int FB_DIRECTION = 234;
    static final int FB_FLAGS16 = 235;
    static final int FB_LOG = 237;
    static final int FB_FLAGS8 = 238;
    static final int FB_TIMEOUT = 239;
    static final int FB_SYNC_FLAGS = 240;
    static final int FB_UPDATES = 241;

    static final int V1400_QID = 242;
    static final int V1400_PQID = 244;
    static final int V1400_DNPIPE = 246;
    static final int V1400_DNRPIPE = 248;
    static final int V1400_RTABLE = 250;
    static final int V1400_MIN_TTL = 254;
    static final int V1400_SET_TOS = 255;
    static final int V1400_MAX_MSS = 256;
    static final int V1400_SET_PRIO = 258;
    static final int V1400_RT = 260;
    static final int V1400_RT_IFNAME = 261;

    static final int V1500_TAGNAME = 232;
    static final int V1500_RT_IFNAME = 296;
    static final int V1500_ORIG_IFNAME = 312;
    static final int V1500_RTABLE = 328;
    static final int V1500_STATE_FLAGS = 332;
    static final int V1500_QID = 334;
    static final int V1500_PQID = 336;
    static final int V1500_DNPIPE = 338;
    static final int V1500_DNRPIPE = 340;
    static final int V1500_MAX_MSS = 342;
    static final int V1500_WIRE_AF = 344;
    static final int V1500_STACK_AF = 345;
    static final int V1500_RT_AF = 346;
    static final int V1500_WIRE_PROTO = 347;
    static final int V1500_STACK_PROTO = 348;
    static final int V1500_LOG = 349;
    static final int V1500_TIMEOUT = 350;
    static final int V1500_DIRECTION = 351;
    static final int V1500_RT = 352;
    static final int V1500_MIN_TTL = 353;
    static final int V1500_SET_TOS = 354;
    static final int V1500_SET_PRIO = 355;

    private StateLayout() {}

    /** How much further the fields behind the keys lie than in the FreeBSD formats. */
    static int shift(Dialect dialect) {
        return dialect == Dialect.V6 ? 2 * (KEY_V6_LENGTH - KEY_V5_LENGTH) : 0;
    }

    static int keyLength(Dialect dialect) {
        return dialect == Dialect.V6 ? KEY_V6_LENGTH : KEY_V5_LENGTH;
    }

    /** First timeout class that the senders of a dialect do not know (5.3). */
    static int timeoutLimit(Dialect dialect) {
        return dialect == Dialect.V6 || dialect == Dialect.V1301 ? 20 : 25;
    }

    /** 4, 6, or 0 for a number that the dialect does not know (5.1). */
    static int family(Dialect dialect, int wireAf) {
        if (wireAf == 2) {
            return 4;
        }
        return wireAf == (dialect == Dialect.V6 ? 24 : 28) ? 6 : 0;
    }

    /** The dialect's number for 4 or 6; 0 for 0. */
    static int wireFamily(Dialect dialect, int family) {
        if (family == 0) {
            return 0;
        }
        return family == 4 ? 2 : dialect == Dialect.V6 ? 24 : 28;
    }
}
