package org.pfsyncd.state;

/** What is remembered of one dead state; reused by its owner. */
final class Tombstone {
    /** Name id. */
    int realm;

    long id;
    int creatorId;

    /** Of the state, epoch milliseconds. */
    long createdAtMs;

    /** Epoch milliseconds. */
    long diedAtMs;

    /** {@link Tombstones#identity} of the state. */
    long identity;

    /** Whether the state was new in the table that it died in. */
    boolean isNew;

    /** Whether its times can be times. */
    boolean isValid() {
        return Copies.isTime(createdAtMs) && Copies.isTime(diedAtMs);
    }

    /** A TOMBSTONE delta; {@code localRealm} is its realm as this table names it. */
    Tombstone from(DeltaReader delta, int localRealm) {
        realm = localRealm;
        id = delta.id();
        creatorId = delta.creatorId();
        createdAtMs = delta.tombstoneCreatedAtMs();
        diedAtMs = delta.diedAtMs();
        identity = delta.identity();
        isNew = delta.reason() == DeltaType.NEW;
        return this;
    }
}
