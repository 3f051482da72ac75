package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The payload of a HELLO; {@code src/docs/link-format.md} section 3. Owned by the sync agent; rare,
 * so it may allocate.
 *
 * <pre>
 *   0 version min 1 | version max 1 | flags 2 | window 4
 *   8 known incarnation 8 | known sequence 8           of the receiver's journal
 *  24 newest incarnation 8 | newest sequence 8         of the sender's
 *  40 node time 8 | clock age 8                        ms
 *  56 name 64, padded with NUL
 * 120 number of members 1, then each: node id 8 | name 64 | address 16 | family 1
 * </pre>
 */
public final class Hello {
    /** Flag: the sender ships nothing of its journal to the receiver. */
    public static final int SHIPS_NOTHING = 1;

    static final int MEMBERS_LIMIT = 12;

    private static final int WINDOW_OFFSET = 4;

    /** Controls (C0, C1), formats (bidirectional overrides), unassigned; line separators. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private static final long TIME_LIMIT_MS = 1L << 45;
    private static final int KNOWN_OFFSET = 8;
    private static final int NEWEST_OFFSET = 24;
    private static final int CLOCK_OFFSET = 40;
    private static final int NAME_OFFSET = 56;
    private static final int NAME_LENGTH = 64;
    private static final int COUNT_OFFSET = NAME_OFFSET + NAME_LENGTH;
    private static final int MEMBERS_OFFSET = COUNT_OFFSET + 1;
    private static final int MEMBER_LENGTH = 8 + NAME_LENGTH + 17;
    private static final int LENGTH_MINIMUM = MEMBERS_OFFSET;

    public long nodeId;
    public int versionMin;
    public int versionMax;
    public int flags;
    public int windowBytes;
    public long knownIncarnation;
    public long knownSequence;
    public long newestIncarnation;
    public long newestSequence;
    public long nowMs;
    public long clockAgeMs;
    public String name = "";
    public int memberCount;
    public final Member[] members = new Member[MEMBERS_LIMIT];

    public Hello() {
        for (int i = 0; i < MEMBERS_LIMIT; i++) {
            members[i] = new Member();
        }
    }

    /** A node the sender talks with. */
    public static final class Member {
        public long nodeId;
        public String name = "";

        /** Numeric, as the sender has it in its configuration. */
        public String address = "";
    }

    /** How many members fit a HELLO of so many bytes. */
    static int membersWithin(int length) {
        return Math.max(0, (length - LENGTH_MINIMUM) / MEMBER_LENGTH);
    }

    int encode(MutableDirectBuffer into, int offset) {
        into.putByte(offset, (byte) versionMin);
        into.putByte(offset + 1, (byte) versionMax);
        into.putShort(offset + 2, (short) flags, LITTLE_ENDIAN);
        into.putInt(offset + WINDOW_OFFSET, windowBytes, LITTLE_ENDIAN);
        into.putLong(offset + KNOWN_OFFSET, knownIncarnation, LITTLE_ENDIAN);
        into.putLong(offset + KNOWN_OFFSET + 8, knownSequence, LITTLE_ENDIAN);
        into.putLong(offset + NEWEST_OFFSET, newestIncarnation, LITTLE_ENDIAN);
        into.putLong(offset + NEWEST_OFFSET + 8, newestSequence, LITTLE_ENDIAN);
        into.putLong(offset + CLOCK_OFFSET, nowMs, LITTLE_ENDIAN);
        into.putLong(offset + CLOCK_OFFSET + 8, clockAgeMs, LITTLE_ENDIAN);
        putText(into, offset + NAME_OFFSET, NAME_LENGTH, name);
        into.putByte(offset + COUNT_OFFSET, (byte) memberCount);
        int at = offset + MEMBERS_OFFSET;
        for (int i = 0; i < memberCount; i++) {
            into.putLong(at, members[i].nodeId, LITTLE_ENDIAN);
            putText(into, at + 8, NAME_LENGTH, members[i].name);
            byte[] address = java.net.InetAddress.ofLiteral(members[i].address).getAddress();
            into.setMemory(at + 8 + NAME_LENGTH, 16, (byte) 0);
            into.putBytes(at + 8 + NAME_LENGTH, address);
            into.putByte(at + 8 + NAME_LENGTH + 16, (byte) (address.length == 4 ? 4 : 6));
            at += MEMBER_LENGTH;
        }
        return at - offset;
    }

    /** False if the bytes are no HELLO. */
    boolean decode(DirectBuffer from, int offset, int length) {
        if (length < LENGTH_MINIMUM) {
            return false;
        }
        versionMin = from.getByte(offset) & 0xFF;
        versionMax = from.getByte(offset + 1) & 0xFF;
        flags = from.getShort(offset + 2, LITTLE_ENDIAN) & 0xFFFF;
        windowBytes = from.getInt(offset + WINDOW_OFFSET, LITTLE_ENDIAN);
        knownIncarnation = from.getLong(offset + KNOWN_OFFSET, LITTLE_ENDIAN);
        knownSequence = from.getLong(offset + KNOWN_OFFSET + 8, LITTLE_ENDIAN);
        newestIncarnation = from.getLong(offset + NEWEST_OFFSET, LITTLE_ENDIAN);
        newestSequence = from.getLong(offset + NEWEST_OFFSET + 8, LITTLE_ENDIAN);
        nowMs = from.getLong(offset + CLOCK_OFFSET, LITTLE_ENDIAN);
        clockAgeMs = from.getLong(offset + CLOCK_OFFSET + 8, LITTLE_ENDIAN);
        name = text(from, offset + NAME_OFFSET, NAME_LENGTH);
        memberCount = from.getByte(offset + COUNT_OFFSET) & 0xFF;
        if (memberCount > MEMBERS_LIMIT || length != LENGTH_MINIMUM + memberCount * MEMBER_LENGTH) {
            return false;
        }
        for (int i = 0; i < memberCount; i++) {
            decodeMember(from, offset + MEMBERS_OFFSET + i * MEMBER_LENGTH, members[i]);
        }
        return windowBytes > 0
                && knownIncarnation >= 0
                && knownSequence >= 0
                && isTime(nowMs, clockAgeMs);
    }

    /** Whether a peer's time, epoch ms, and the age of its clock, ms, can be: up to year 3084. */
    static boolean isTime(long nowMs, long ageMs) {
        return nowMs >= 0 && nowMs < TIME_LIMIT_MS && ageMs >= 0 && ageMs < TIME_LIMIT_MS;
    }

    private static void decodeMember(DirectBuffer from, int at, Member member) {
        member.nodeId = from.getLong(at, LITTLE_ENDIAN);
        member.name = text(from, at + 8, NAME_LENGTH);
        int family = from.getByte(at + 8 + NAME_LENGTH + 16);
        byte[] address = new byte[family == 4 ? 4 : 16];
        from.getBytes(at + 8 + NAME_LENGTH, address);
        try {
            member.address = java.net.InetAddress.getByAddress(address).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    static void putText(MutableDirectBuffer into, int at, int room, String text) {
        into.setMemory(at, room, (byte) 0);
        byte[] bytes = text.getBytes(UTF_8);
        into.putBytes(at, bytes, 0, Math.min(bytes.length, room - 1));
    }

    /** Text for logs and terminals: what a terminal would obey, or show as nothing, is a "?". */
    static String text(DirectBuffer from, int at, int room) {
        byte[] bytes = new byte[room];
        from.getBytes(at, bytes);
        int end = 0;
        while (end < room && bytes[end] != 0) {
            end++;
        }
        return UNPRINTABLE.matcher(new String(Arrays.copyOf(bytes, end), UTF_8)).replaceAll("?");
    }
}
