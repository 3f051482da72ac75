package org.pfsyncd.link;

/**
 * Greets a peer that is not heard, at growing pauses, and judges its greetings. By the sync agent.
 */
final class Greeter {
    static final long PAUSE_NS = 100_000_000L;
    static final long PAUSE_MAXIMUM_NS = 5_000_000_000L;

    /** Greetings that stayed without an answer for longer become small. */
    private static final long LARGE_PAUSE_NS = 8 * PAUSE_NS;

    /** Pause between greetings of a peer that is up. */
    static final long REPEAT_NS = 10_000_000_000L;

    private static final long ANSWER_PAUSE_NS = 10_000_000L;

    private final PeerSettings settings;
    private final LinkNode node;
    private final Hello greeting = new Hello();
    private long dueNs;
    private long pauseNs = PAUSE_NS;
    private long greetedNs;
    private boolean hasGreeted;
    private boolean mustAnswer;

    Greeter(PeerSettings settings, LinkNode node) {
        this.settings = settings;
        this.node = node;
    }

    /** Whoever is up is greeted too, so that it hears whom else this node talks with. */
    boolean isDue(boolean isUp, long nowNs) {
        if (isUp) {
            pauseNs = PAUSE_NS;
            return nowNs - greetedNs >= REPEAT_NS;
        }
        return !hasGreeted || nowNs - dueNs >= 0;
    }

    /** A greeting is answered at once, but not a flood of them. */
    boolean mayAnswer(long nowNs) {
        return mustAnswer || !hasGreeted || nowNs - greetedNs >= ANSWER_PAUSE_NS;
    }

    /** The next greeting of the peer is of a new conversation. */
    void mustAnswer() {
        mustAnswer = true;
    }

    /** The peer knows us. */
    void onAnswer() {
        pauseNs = PAUSE_NS;
    }

    /** What to say, and when to say it again. */
    Hello compose(long peerId, long nowNs) {
        dueNs = nowNs + pauseNs;
        pauseNs = Math.min(2 * pauseNs, PAUSE_MAXIMUM_NS);
        hasGreeted = true;
        mustAnswer = false;
        greetedNs = nowNs;
        greeting.versionMin = LinkFrame.VERSION;
        greeting.versionMax = LinkFrame.STREAM_VERSION;
        greeting.flags = settings.isReceiveOnly() ? Hello.SHIPS_NOTHING : 0;
        greeting.windowBytes = settings.windowBytes();
        greeting.knownIncarnation = peerId == 0 ? 0 : node.knownIncarnation(peerId);
        greeting.knownSequence = peerId == 0 ? 0 : node.knownSequence(peerId);
        greeting.newestIncarnation = node.newestIncarnation();
        greeting.newestSequence = node.newestSequence();
        greeting.nowMs = node.nowMs();
        greeting.clockAgeMs = node.clockAgeMs();
        greeting.name = node.name();
        greeting.memberCount = node.members(greeting.members);
        if (pauseNs > LARGE_PAUSE_NS) {
            // Large greetings may be what the path swallows.
            int small = Hello.membersWithin(PathSize.MINIMUM - LinkFrame.HEADER_LENGTH);
            greeting.memberCount = Math.min(greeting.memberCount, small);
        }
        return greeting;
    }

    /** Why a conversation is refused; null if it is not. */
    String refusal(PeerLink link, Hello hello) {
        if (hello.versionMin > LinkFrame.STREAM_VERSION || hello.versionMax < LinkFrame.VERSION) {
            return "the node at "
                    + settings.address()
                    + " speaks versions "
                    + hello.versionMin
                    + " to "
                    + hello.versionMax
                    + ", "
                    + node.name()
                    + " speaks "
                    + LinkFrame.VERSION
                    + " to "
                    + LinkFrame.STREAM_VERSION
                    + "; upgrade the older one";
        }
        if (!hello.name.equals(settings.name())) {
            return "the node at "
                    + settings.address()
                    + " calls itself "
                    + hello.name
                    + ", the configuration of "
                    + node.name()
                    + " calls it "
                    + settings.name()
                    + "; make peer.name and its node.name equal";
        }
        return node.refusal(link, hello);
    }
}
