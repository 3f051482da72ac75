package org.pfsyncd.group;

/** What the configuration says of announcing on a segment. Immutable. */
public record AnnounceSettings(Identity identity, Queues queues, Packets packets, Deletes deletes) {

    /**
     * Who announces.
     *
     * @param creatorId our own host id there, never 0: it names us to other relays, no state bears
     *     it.
     * @param nonce of this node, 16 bits: tells it from another that was given the same host id.
     * @param realm only relays of the same realm compete.
     */
    public record Identity(int creatorId, int nonce, String realm) {}

    /**
     * What may wait.
     *
     * @param limit most states waiting to be announced; about 60 bytes of heap each.
     * @param maxUpdates updates of a waiting TCP state at which everything is sent (spec pfsync.md
     *     section 10.3).
     * @param seed of the queues' hash, so that nobody can send ids that fall together.
     */
    public record Queues(int limit, int maxUpdates, long seed) {
        /** Three seconds of the fastest segment's inserts; updates as the kernels have it. */
        public static final Queues USUAL = new Queues(65_536, 128, 0);
    }

    /**
     * What it leaves in.
     *
     * @param mtuLimit largest IP packet, whatever the interface carries, bytes.
     * @param reserve what the carrier's headers take beyond the 20 bytes of IPv4, bytes.
     * @param fingerprint 16 bytes of pfcksum; all zero: rule numbers are not passed on (1.9).
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    public record Packets(int mtuLimit, int reserve, byte[] fingerprint) {
        /** The MTU of a pfsync interface unless somebody says otherwise (1.4). */
        public static final int DEFAULT_MTU = 1500;

        /** Without rule numbers. */
        public static Packets of(int mtuLimit, int reserve) {
            return new Packets(mtuLimit, reserve, new byte[16]);
        }

        boolean hasFingerprint() {
            for (byte b : fingerprint) {
                if (b != 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * How ends are said.
     *
     * @param areRepeated whether each DEL_C is said again after a second.
     * @param areOfExpiry whether states that expired here are announced as deleted.
     */
    public record Deletes(boolean areRepeated, boolean areOfExpiry) {}

    /** The nonce by which a node is known to other relays. */
    public static int nonceOf(long nodeId) {
        return (int) nodeId & 0xFFFF;
    }

    /** The usual settings of one relay. */
    public static AnnounceSettings of(int creatorId, int nonce, String realm) {
        return new AnnounceSettings(
                new Identity(creatorId, nonce, realm),
                Queues.USUAL,
                Packets.of(Packets.DEFAULT_MTU, 0),
                new Deletes(false, false));
    }

    /** The same with other queues. */
    public AnnounceSettings with(Queues other) {
        return new AnnounceSettings(identity, other, packets, deletes);
    }

    /** The same in other packets. */
    public AnnounceSettings with(Packets other) {
        return new AnnounceSettings(identity, queues, other, deletes);
    }

    /** The same with deletes said otherwise. */
    public AnnounceSettings with(Deletes other) {
        return new AnnounceSettings(identity, queues, packets, other);
    }
}
