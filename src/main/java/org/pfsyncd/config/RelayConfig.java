package org.pfsyncd.config;

/**
 * How a group announces; used in role {@code relay}.
 *
 * @param maxUpdates updates of a waiting TCP state at which everything is sent.
 * @param mtu largest IP packet, bytes.
 * @param queueLimit most states waiting.
 * @param repeatsDeletes whether each delete is said twice.
 * @param announcesExpired whether what expired here is announced as deleted.
 * @param fingerprint 32 hex digits.
 */
public record RelayConfig(
        int maxUpdates,
        int mtu,
        int queueLimit,
        boolean repeatsDeletes,
        boolean announcesExpired,
        String fingerprint) {

    /** What holds where the file says nothing. */
    public static final RelayConfig DEFAULT =
            new RelayConfig(128, 1500, 65_536, false, false, "0".repeat(32));
}
