package org.pfsyncd.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Interns the names that states carry: interfaces, tags, realms, nodes.
 *
 * <p>A record holds two bytes instead of 16 or 64. Ids are dense from 1; id 0 is the empty name.
 * Names are never forgotten while the process lives, so the table is bounded: when it is full
 * {@link #intern} refuses and the state that wanted the name is refused with it. Interning a known
 * name allocates nothing.
 *
 * <p>Owned by the sync agent (or by the one thread that replays or decodes).
 */
public final class NameTable {
    /** Returned by {@link #intern} when no more names fit. */
    public static final int FULL = -1;

    /** Returned by {@link #intern} when there is no NUL within the field. */
    public static final int UNTERMINATED = -2;

    /** Returned by {@link #idOfHash} for a name that is not here. */
    public static final int UNKNOWN = -3;

    /** Longest name in bytes, without the NUL. */
    public static final int NAME_LENGTH_LIMIT = 63;

    /** Most names by default. */
    public static final int DEFAULT_CAPACITY = 4096;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final int capacity;
    private final int[] slots;
    private byte[][] bytes = new byte[16][];
    private String[] strings = new String[16];
    private long[] hashes = new long[16];
    private int count = 1;

    public NameTable() {
        this(DEFAULT_CAPACITY);
    }

    /**
     * @param capacity most names besides the empty one, 1 to 65,534.
     */
    public NameTable(int capacity) {
        if (capacity < 1 || capacity > 0xFFFE) {
            throw new IllegalArgumentException(
                    "name capacity " + capacity + " is not within 1 to 65534");
        }
        this.capacity = capacity;
        slots = new int[Integer.highestOneBit(capacity * 2) * 2];
        bytes[0] = new byte[0];
        strings[0] = "";
        hashes[0] = FNV_OFFSET;
    }

    /** Names held, the empty one included; ids are 0 to {@code size() - 1}. */
    public int size() {
        return count;
    }

    /**
     * The id of a NUL-padded name of at most {@code fieldLength} bytes.
     *
     * @return the id, {@link #FULL}, or {@link #UNTERMINATED}.
     */
    public int intern(DirectBuffer field, int offset, int fieldLength) {
        long hash = FNV_OFFSET;
        int length = 0;
        while (length < fieldLength) {
            byte b = field.getByte(offset + length);
            if (b == 0) {
                break;
            }
            hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
            length++;
        }
        if (length == fieldLength || length > NAME_LENGTH_LIMIT) {
            return UNTERMINATED;
        }
        if (length == 0) {
            return 0;
        }
        int slot = slot(hash);
        while (slots[slot] != 0) {
            int id = slots[slot];
            if (hashes[id] == hash && isEqual(bytes[id], field, offset, length)) {
                return id;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        if (count > capacity) {
            return FULL;
        }
        byte[] name = new byte[length];
        field.getBytes(offset, name);
        slots[slot] = count;
        return append(name, hash);
    }

    /** The id of {@code name}; for configuration and tests. */
    public int intern(String name) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        byte[] field = Arrays.copyOf(utf8, utf8.length + 1);
        return intern(new org.agrona.concurrent.UnsafeBuffer(field), 0, field.length);
    }

    /** The name with this id, as text; bytes outside ASCII are shown as they are in ISO 8859-1. */
    public String name(int id) {
        return strings[id];
    }

    /** The bytes of the name with this id, without padding; not to be changed. */
    public byte[] bytes(int id) {
        return bytes[id];
    }

    /**
     * 64-bit FNV-1a of the name's bytes: what a digest uses in place of the id, which differs
     * between nodes.
     */
    public long hash(int id) {
        return hashes[id];
    }

    /** The id of the name with this hash, or {@link #UNKNOWN}. */
    public int idOfHash(long hash) {
        int slot = slot(hash);
        while (slots[slot] != 0) {
            if (hashes[slots[slot]] == hash) {
                return slots[slot];
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return hash == FNV_OFFSET ? 0 : UNKNOWN;
    }

    private int slot(long hash) {
        return (int) (hash ^ (hash >>> 32)) & (slots.length - 1);
    }

    private int append(byte[] name, long hash) {
        if (count == bytes.length) {
            bytes = Arrays.copyOf(bytes, count * 2);
            strings = Arrays.copyOf(strings, count * 2);
            hashes = Arrays.copyOf(hashes, count * 2);
        }
        bytes[count] = name;
        strings[count] = new String(name, StandardCharsets.ISO_8859_1);
        hashes[count] = hash;
        return count++;
    }

    private static boolean isEqual(byte[] name, DirectBuffer field, int offset, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name[i] != field.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
