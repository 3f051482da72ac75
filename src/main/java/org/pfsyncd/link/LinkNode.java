package org.pfsyncd.link;

import org.agrona.DirectBuffer;

/**
 * The node as a conversation sees it. Implemented by the agent over table and journal; called on
 * the sync agent's thread only.
 */
public interface LinkNode {
    /** This node's id, not 0. */
    long nodeId();

    /** This node's name. */
    String name();

    /** Node time, epoch milliseconds. */
    long nowMs();

    /** For how long this node's clock, or one it was set by, has run, milliseconds. */
    long clockAgeMs();

    /** Newest incarnation of this node's journal. */
    long newestIncarnation();

    /** Newest sequence of it. */
    long newestSequence();

    /** How far this node has another's journal: incarnation, 0 for not at all. */
    long knownIncarnation(long ofNode);

    /** How far this node has another's journal: sequence. */
    long knownSequence(long ofNode);

    /**
     * Why a conversation with whoever says this is refused, for both operators; null if it is not.
     */
    String refusal(PeerLink link, Hello hello);

    /** Whom else a peer talks with, by its newest greeting. */
    void onMembers(PeerLink link, Hello hello);

    /** The peers there are conversations with, this node left out; told to others in HELLOs. */
    int members(Hello.Member[] into);

    /** A conversation begins: nothing said before is valid any more. */
    void onBegin(PeerLink link);

    /** It is over. */
    void onEnd(PeerLink link);

    /**
     * What time it is at the peer.
     *
     * @param isGreeting whether it answers our greeting, so that nothing of this conversation has
     *     been said before it.
     */
    void onClock(PeerLink link, long peerNowMs, long peerClockAgeMs, boolean isGreeting);

    /**
     * An entry of the peer's stream.
     *
     * @return false if it makes no sense: the conversation ends.
     */
    boolean onEntry(PeerLink link, Entry entry, DirectBuffer content, int offset, int length);

    /** Head of an entry; one reused instance a conversation, valid during {@link #onEntry}. */
    final class Entry {
        public int type;
        public int flags;
        public long incarnation;
        public long sequence;

        public boolean isFirst() {
            return (flags & LinkEntry.FIRST) != 0;
        }

        public boolean isLast() {
            return (flags & LinkEntry.LAST) != 0;
        }
    }
}
