/**
 * The mirror of the firewalls' state table: merge rules, identity, expiry, digest, and the deltas
 * that the journal keeps. {@link org.pfsyncd.state.MirrorTable} is the way in; everything here
 * belongs to the sync agent, or to the one thread that replays. {@code src/docs/state.md} is the
 * specification.
 */
package org.pfsyncd.state;
