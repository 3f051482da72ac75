package org.pfsyncd.group;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;

/**
 * Who was heard on the segment: address, when, in which dialect, with which rule-set fingerprint.
 *
 * <p>At most {@link #LIMIT} senders; a further one replaces the one silent for longest if that was
 * silent for a minute, else it is not tracked (and is counted by the caller). Owned by the sync
 * agent; allocates nothing.
 */
final class SenderTable {
    static final int LIMIT = 64;

    /** A sender heard within this time is alive. */
    static final long ALIVE_NS = 60_000_000_000L;

    private static final int ADDRESS_LENGTH = 16;

    private final UnsafeBuffer addresses = new UnsafeBuffer(new byte[LIMIT * ADDRESS_LENGTH]);
    private final int[] families = new int[LIMIT];
    private final long[] heardNs = new long[LIMIT];
    private final long[] frames = new long[LIMIT];
    private final Dialect[] dialects = new Dialect[LIMIT];
    private final boolean[] hasFingerprint = new boolean[LIMIT];
    private final boolean[] isRelay = new boolean[LIMIT];
    private long origins;
    private int count;
    private boolean hasLastAppeared;

    /** Index of the sender, or -1 if there is no room to track it. */
    int heard(UnsafeBuffer address, int family, long nowNs) {
        int index = find(address, family);
        hasLastAppeared = index >= 0 && nowNs - heardNs[index] >= ALIVE_NS;
        if (index < 0) {
            index = place(nowNs);
            if (index < 0) {
                return -1;
            }
            addresses.putBytes(index * ADDRESS_LENGTH, address, 0, ADDRESS_LENGTH);
            families[index] = family;
            frames[index] = 0;
            dialects[index] = null;
            hasFingerprint[index] = false;
            isRelay[index] = false;
            origins &= ~(1L << index);
            hasLastAppeared = true;
        }
        heardNs[index] = nowNs;
        frames[index]++;
        return index;
    }

    /** Whether the last {@link #heard} met a sender that was new, or not alive until then. */
    boolean hasLastAppeared() {
        return hasLastAppeared;
    }

    /**
     * Notes the format heard last: a host speaks one at a time, and may be an older system again
     * after an upgrade that was taken back. A frame without a state does not tell which of the
     * formats of version 5 its sender speaks.
     */
    void noteDialect(int index, Dialect dialect) {
        Dialect known = dialects[index];
        boolean isVague = dialect == Dialect.V5 && known != null && known != Dialect.V6;
        if (!isVague) {
            dialects[index] = dialect;
        }
    }

    void noteFingerprint(int index, boolean isPresent) {
        hasFingerprint[index] = isPresent;
    }

    /** The sender announces for others: what it says, it did not create. */
    void noteRelay(int index) {
        if (index >= 0) {
            isRelay[index] = true;
            origins &= ~(1L << index);
        }
    }

    /**
     * The sender said INS or UPD_C. Only a firewall and a relay do: a full update answers somebody,
     * and a member sends those too.
     */
    void noteOrigin(int index) {
        if (index >= 0 && !isRelay[index]) {
            origins |= 1L << index;
        }
    }

    /** Senders that were heard to speak of states as a firewall does; a bit for each index. */
    long origins() {
        return origins;
    }

    /** Whether the sender was heard to speak of states as a firewall does. */
    boolean isOrigin(int index) {
        return index >= 0 && (origins & 1L << index) != 0;
    }

    /** Whether the sender announces for others; false for one that is not tracked. */
    boolean isRelay(int index) {
        return index >= 0 && isRelay[index];
    }

    /**
     * What everybody understands who was heard within the last minute and is no relay: of the
     * FreeBSD formats the oldest, 1301 where only frames without states were heard; of the two
     * header versions the one heard last. Null while nobody was heard.
     */
    Dialect commonDialect(long nowNs) {
        int newest = -1;
        for (int i = 0; i < count; i++) {
            boolean isFirm = !isRelay[i] && dialects[i] != null;
            if (isFirm && (newest < 0 || heardNs[i] - heardNs[newest] > 0)) {
                newest = i;
            }
        }
        if (newest < 0 || dialects[newest] == Dialect.V6) {
            return newest < 0 ? null : Dialect.V6;
        }
        Dialect oldest = Dialect.V1500;
        for (int i = 0; i < count; i++) {
            boolean isMeant =
                    !isRelay[i]
                            && dialects[i] != null
                            && dialects[i] != Dialect.V6
                            && (i == newest || nowNs - heardNs[i] < ALIVE_NS);
            if (isMeant && dialects[i].stateLength() < oldest.stateLength()) {
                oldest = dialects[i] == Dialect.V5 ? Dialect.V1301 : dialects[i];
            }
        }
        return oldest;
    }

    /** Whether anybody but this sender and relays was heard within the last minute. */
    boolean isAnotherAlive(int index, long nowNs) {
        for (int i = 0; i < count; i++) {
            if (i != index && !isRelay[i] && nowNs - heardNs[i] < ALIVE_NS) {
                return true;
            }
        }
        return false;
    }

    /** The dialect of the sender heard last, or null while none is known. */
    Dialect newestDialect() {
        int newest = -1;
        for (int i = 0; i < count; i++) {
            if (dialects[i] != null && (newest < 0 || heardNs[i] - heardNs[newest] > 0)) {
                newest = i;
            }
        }
        return newest < 0 ? null : dialects[newest];
    }

    /** The format heard last from a tracked sender, or null. */
    Dialect dialect(int index) {
        return dialects[index];
    }

    int count() {
        return count;
    }

    /** For status; allocates. */
    GroupStatus.Sender describe(int index, long nowNs) {
        byte[] address = new byte[families[index] == 4 ? 4 : ADDRESS_LENGTH];
        addresses.getBytes(index * ADDRESS_LENGTH, address);
        return new GroupStatus.Sender(
                address,
                dialects[index] == null ? "?" : dialects[index].label(),
                frames[index],
                nowNs - heardNs[index],
                hasFingerprint[index]);
    }

    /** The address as text; allocates. */
    String text(int index) {
        byte[] address = new byte[families[index] == 4 ? 4 : ADDRESS_LENGTH];
        addresses.getBytes(index * ADDRESS_LENGTH, address);
        try {
            return java.net.InetAddress.getByAddress(address).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }

    private int find(UnsafeBuffer address, int family) {
        long high = address.getLong(0);
        long low = address.getLong(8);
        for (int i = 0; i < count; i++) {
            int offset = i * ADDRESS_LENGTH;
            if (families[i] == family
                    && addresses.getLong(offset) == high
                    && addresses.getLong(offset + 8) == low) {
                return i;
            }
        }
        return -1;
    }

    private int place(long nowNs) {
        if (count < LIMIT) {
            return count++;
        }
        int oldest = 0;
        for (int i = 1; i < count; i++) {
            if (heardNs[i] - heardNs[oldest] < 0) {
                oldest = i;
            }
        }
        return nowNs - heardNs[oldest] >= ALIVE_NS ? oldest : -1;
    }
}
