package org.pfsyncd.group;

/**
 * What the configuration says of announcing on a segment.
 *
 * @param creatorId our own host id there, never 0: it names us to other relays, no state bears it.
 * @param nonce of this node, 16 bits: tells it from another that was given the same host id.
 * @param realm only relays of the same realm compete.
 * @param queueLimit most states waiting to be announced; about 60 bytes of heap each.
 * @param maxUpdates updates of a waiting TCP state at which everything is sent (spec pfsync.md
 *     section 10.3).
 * @param mtuLimit largest IP packet, whatever the interface carries, bytes.
 * @param reserve what the carrier's headers take beyond the 20 bytes of IPv4, bytes.
 * @param isDeleteRepeated whether each DEL_C is said again after a second.
 * @param isExpiryAnnounced whether states that expired here are announced as deleted.
 * @param fingerprint 16 bytes of pfcksum; all zero: rule numbers are not passed on (1.9).
 * @param seed of the queues' hash, so that nobody can send ids that fall together.
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record AnnounceSettings(
        int creatorId,
        int nonce,
        String realm,
        int queueLimit,
        int maxUpdates,
        int mtuLimit,
        int reserve,
        boolean isDeleteRepeated,
        boolean isExpiryAnnounced,
        byte[] fingerprint,
        long seed) {

    /** The MTU of a pfsync interface unless somebody says otherwise (1.4). */
    public static final int DEFAULT_MTU = 1500;

    /** States waiting: three seconds of the fastest segment's inserts. */
    public static final int DEFAULT_QUEUE = 65_536;

    /** As the kernels have it. */
    public static final int DEFAULT_MAX_UPDATES = 128;

    /** The usual settings of one relay. */
    public static AnnounceSettings of(int creatorId, int nonce, String realm) {
        return new AnnounceSettings(
                creatorId,
                nonce,
                realm,
                DEFAULT_QUEUE,
                DEFAULT_MAX_UPDATES,
                DEFAULT_MTU,
                0,
                false,
                false,
                new byte[16],
                0);
    }

    /** The same with another length of packets. */
    public AnnounceSettings withMtu(int limit, int carrierReserve) {
        return new AnnounceSettings(
                creatorId,
                nonce,
                realm,
                queueLimit,
                maxUpdates,
                limit,
                carrierReserve,
                isDeleteRepeated,
                isExpiryAnnounced,
                fingerprint,
                seed);
    }

    /** The same with other queues. */
    public AnnounceSettings withQueue(int limit, int updates) {
        return new AnnounceSettings(
                creatorId,
                nonce,
                realm,
                limit,
                updates,
                mtuLimit,
                reserve,
                isDeleteRepeated,
                isExpiryAnnounced,
                fingerprint,
                seed);
    }

    /** The same with deletes said twice, or expiry announced. */
    public AnnounceSettings withDeletes(boolean isRepeated, boolean isExpiry) {
        return new AnnounceSettings(
                creatorId,
                nonce,
                realm,
                queueLimit,
                maxUpdates,
                mtuLimit,
                reserve,
                isRepeated,
                isExpiry,
                fingerprint,
                seed);
    }

    /** The same with a fingerprint, so that receivers with equal rules take our rule numbers. */
    public AnnounceSettings withFingerprint(byte[] sixteen) {
        return new AnnounceSettings(
                creatorId,
                nonce,
                realm,
                queueLimit,
                maxUpdates,
                mtuLimit,
                reserve,
                isDeleteRepeated,
                isExpiryAnnounced,
                sixteen.clone(),
                seed);
    }

    /** The same with another seed. */
    public AnnounceSettings withSeed(long other) {
        return new AnnounceSettings(
                creatorId,
                nonce,
                realm,
                queueLimit,
                maxUpdates,
                mtuLimit,
                reserve,
                isDeleteRepeated,
                isExpiryAnnounced,
                fingerprint,
                other);
    }

    /** The nonce by which a node is known to other relays. */
    public static int nonceOf(long nodeId) {
        return (int) nodeId & 0xFFFF;
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
