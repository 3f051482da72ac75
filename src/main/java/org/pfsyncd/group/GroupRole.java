package org.pfsyncd.group;

/** What a node is on a segment; each role does what those before it do (design section 5). */
public enum GroupRole {
    /** Mirrors; sends paced requests and, where it is the only partner, acknowledgements. */
    LISTEN,
    /** Also answers requests of others: for the whole table and for single states. */
    MEMBER,
    /** Also announces what other sources brought. */
    RELAY
}
