/**
 * One conversation with another pfsyncd: frames, a reliable stream each way, and what is said in
 * it. No thread and no clock: {@link org.pfsyncd.link.PeerLink} belongs to the sync agent, {@link
 * org.pfsyncd.link.LinkSender} to the link agent; they meet in {@link
 * org.pfsyncd.link.LinkMailbox}. {@code src/docs/link-format.md} is the specification.
 */
package org.pfsyncd.link;
