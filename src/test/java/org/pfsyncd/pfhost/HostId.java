package org.pfsyncd.pfhost;

/** What identifies a state in a group (3.5). */
public record HostId(long id, int creatorId) {
    @Override
    public int hashCode() {
        return Long.hashCode(id * 0x9E37_79B9_7F4A_7C15L) ^ creatorId;
    }
}
