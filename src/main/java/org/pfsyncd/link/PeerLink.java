package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterId;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.net.Lane;
import org.pfsyncd.wire.Crc32c;

/**
 * The receiving half of a conversation with one peer: greets, checks frames, puts the stream
 * together, hands out its entries, acknowledges. {@code src/docs/link-format.md}. Owned by the sync
 * agent; allocates nothing a frame, never throws on what a frame holds.
 */
public final class PeerLink {
    /** Nothing heard for this long: the peer is down. */
    public static final long SILENCE_NS = 3_000_000_000L;

    static final long GREETING_PAUSE_NS = 100_000_000L;
    static final long GREETING_PAUSE_MAXIMUM_NS = 5_000_000_000L;
    static final long ACK_DELAY_NS = 500_000L;
    static final long NAK_PAUSE_NS = 200_000L;
    static final long NAK_PAUSE_MAXIMUM_NS = 100_000_000L;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long ANSWER_PAUSE_NS = 10_000_000L;
    private static final int ACK_LENGTH = 72;
    private static final int REASON_LENGTH = 400;

    private final PeerSettings settings;
    private final Lane lane;
    private final LinkNode node;
    private final LinkMailbox mailbox;
    private final CounterSet counters;
    private final SplittableRandom random;
    private final ReceiveWindow window;
    private final Hello hello = new Hello();
    private final Hello greeting = new Hello();
    private final LinkNode.Entry entry = new LinkNode.Entry();
    private final Crc32c crc = new Crc32c();
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(2_048));
    private final UnsafeBuffer command = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
    private final UnsafeBuffer scratch =
            new UnsafeBuffer(
                    ByteBuffer.allocateDirect(LinkEntry.HEADER_LENGTH + LinkEntry.CONTENT_LIMIT));

    private long session;
    private long peerSession;
    private long formerPeerSession;
    private long peerId;
    private long conversation;
    private LinkFrame.Conversation sealing;
    private boolean isUp;
    private boolean shipsNothing;
    private String reason = "not heard yet";
    private long frames;
    private long nowNs;
    private long heardNs;
    private long upSinceNs;
    private long greetAtNs;
    private long greetPauseNs = GREETING_PAUSE_NS;
    private long greetedNs;
    private boolean hasGreeted;
    private boolean isStarted;
    private long announced;
    private boolean isAckDue;
    private boolean isAckUrgent;
    private long ackDueSinceNs;
    private long ackedNs;
    private long ackedContiguous;
    private long nakAtNs;
    private long nakPauseNs = NAK_PAUSE_NS;
    private long nakContiguous;
    private long peerNewestIncarnation;
    private long peerNewestSequence;
    private long ackedIncarnation;
    private long ackedSequence;

    /**
     * What belongs to a conversation beside its peer.
     *
     * @param lane the sync agent's own way to the peer.
     * @param random gives session numbers.
     */
    public record Parts(
            Lane lane,
            LinkNode node,
            LinkMailbox mailbox,
            CounterSet counters,
            SplittableRandom random) {}

    public PeerLink(PeerSettings settings, Parts parts) {
        this.settings = settings;
        lane = parts.lane();
        node = parts.node();
        mailbox = parts.mailbox();
        counters = parts.counters();
        random = parts.random();
        window = new ReceiveWindow(settings.windowBytes());
    }

    /** Whether bytes can be a frame at all; what passes goes to {@link #onFrame}. */
    public static boolean isFrame(DirectBuffer buffer, int offset, int length) {
        return LinkFrame.hasHeader(buffer, offset, length);
    }

    /** One frame from the peer's address for which {@link #isFrame} holds. */
    public void onFrame(DirectBuffer buffer, int offset, int length, long cycleNs) {
        nowNs = cycleNs;
        CounterId bad = fault(buffer, offset, length);
        if (bad != null) {
            counters.increment(bad);
            return;
        }
        counters.increment(CounterId.LINK_FRAMES);
        int payload = offset + LinkFrame.HEADER_LENGTH;
        int payloadLength = LinkFrame.payloadLength(buffer, offset);
        int type = LinkFrame.type(buffer, offset);
        if (type == LinkFrame.HELLO) {
            onHello(buffer, offset, payloadLength);
            return;
        }
        if (type == LinkFrame.REFUSE) {
            onRefuse(buffer, offset, payloadLength);
            return;
        }
        boolean isOurs =
                peerSession != 0
                        && LinkFrame.session(buffer, offset) == peerSession
                        && LinkFrame.peerSession(buffer, offset) == session;
        if (!isOurs) {
            counters.increment(CounterId.LINK_BAD_SESSION);
            return;
        }
        heardNs = nowNs;
        come();
        switch (type) {
            case LinkFrame.DATA -> onData(buffer, payload, payloadLength);
            case LinkFrame.ACK -> onAck(buffer, payload, payloadLength);
            default -> onBeat(buffer, payload, payloadLength);
        }
    }

    private CounterId fault(DirectBuffer buffer, int offset, int length) {
        if (LinkFrame.version(buffer, offset) != LinkFrame.VERSION) {
            return CounterId.LINK_BAD_VERSION;
        }
        if (LinkFrame.keyId(buffer, offset) != 0) {
            return CounterId.LINK_BAD_KEY;
        }
        if (LinkFrame.HEADER_LENGTH + LinkFrame.payloadLength(buffer, offset) != length) {
            return CounterId.LINK_BAD_LENGTH;
        }
        if (crc.of(buffer, offset, length, LinkFrame.CRC_OFFSET) != LinkFrame.crc(buffer, offset)) {
            return CounterId.LINK_BAD_CHECKSUM;
        }
        int type = LinkFrame.type(buffer, offset);
        return type == 0 || type > LinkFrame.TYPE_LIMIT ? CounterId.LINK_BAD_TYPE : null;
    }

    private void onHello(DirectBuffer buffer, int offset, int length) {
        long theirs = LinkFrame.session(buffer, offset);
        if (theirs == 0
                || theirs == formerPeerSession
                || !hello.decode(buffer, offset + LinkFrame.HEADER_LENGTH, length)) {
            counters.increment(CounterId.LINK_BAD_SESSION);
            return;
        }
        hello.nodeId = LinkFrame.nodeId(buffer, offset);
        boolean isAnswer = LinkFrame.peerSession(buffer, offset) == session && session != 0;
        if (theirs != peerSession) {
            String refusal = refusal();
            if (refusal != null) {
                refuse(refusal);
                return;
            }
            begin(theirs);
        }
        heardNs = nowNs;
        peerNewestIncarnation = hello.newestIncarnation;
        peerNewestSequence = hello.newestSequence;
        node.onClock(this, hello.nowMs, hello.clockAgeMs);
        if (isAnswer) {
            come();
        } else if (!hasGreeted || nowNs - greetedNs >= ANSWER_PAUSE_NS) {
            greet();
        }
    }

    private String refusal() {
        if (hello.versionMin > LinkFrame.VERSION || hello.versionMax < LinkFrame.VERSION) {
            return "peer "
                    + settings.name()
                    + " at "
                    + settings.address()
                    + " speaks versions "
                    + hello.versionMin
                    + " to "
                    + hello.versionMax
                    + ", this node "
                    + LinkFrame.VERSION
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
        return node.refusal(this, hello);
    }

    private void refuse(String why) {
        if (!why.equals(reason)) {
            counters.increment(CounterId.LINK_REFUSALS);
        }
        end(why);
        Hello.putText(frame, LinkFrame.HEADER_LENGTH, REASON_LENGTH, why);
        send(LinkFrame.REFUSE, REASON_LENGTH);
    }

    private void onRefuse(DirectBuffer buffer, int offset, int length) {
        boolean isAnswer = session != 0 && LinkFrame.peerSession(buffer, offset) == session;
        if (length != REASON_LENGTH || (LinkFrame.peerSession(buffer, offset) != 0 && !isAnswer)) {
            counters.increment(CounterId.LINK_BAD_SESSION);
            return;
        }
        String why = Hello.text(buffer, offset + LinkFrame.HEADER_LENGTH, REASON_LENGTH);
        end("refused by the peer: " + why);
    }

    /** A peer, or a new life of it, has greeted: both streams begin at 0. */
    private void begin(long theirSession) {
        if (peerSession != 0) {
            end("the peer began anew");
        }
        if (session == 0) {
            session = newSession();
        }
        peerSession = theirSession;
        peerId = hello.nodeId;
        sealing = new LinkFrame.Conversation(node.nodeId(), session, peerSession, crc);
        conversation++;
        window.reset();
        announced = 0;
        isAckDue = false;
        isAckUrgent = false;
        ackedContiguous = 0;
        nakContiguous = 0;
        nakPauseNs = NAK_PAUSE_NS;
        isStarted = false;
        hasGreeted = false;
        shipsNothing = (hello.flags & Hello.SHIPS_NOTHING) != 0;
        ackedIncarnation = hello.knownIncarnation;
        ackedSequence = hello.knownSequence;
        node.onBegin(this);
    }

    /** The peer knows this conversation: it may be spoken to. */
    private void come() {
        if (!isUp) {
            isUp = true;
            upSinceNs = nowNs;
            reason = "";
            greetPauseNs = GREETING_PAUSE_NS;
            counters.increment(CounterId.LINK_CONVERSATIONS);
        }
        if (!isStarted) {
            startSender();
        }
    }

    private void startSender() {
        if (settings.isReceiveOnly()) {
            isStarted = true;
            return;
        }
        command.putLong(0, conversation, LITTLE_ENDIAN);
        command.putLong(8, session, LITTLE_ENDIAN);
        command.putLong(16, peerSession, LITTLE_ENDIAN);
        command.putLong(24, hello.knownIncarnation, LITTLE_ENDIAN);
        command.putLong(32, hello.knownSequence, LITTLE_ENDIAN);
        command.putLong(40, hello.windowBytes, LITTLE_ENDIAN);
        command.putLong(48, peerId, LITTLE_ENDIAN);
        isStarted = mailbox.command(LinkMailbox.START, command, LinkMailbox.START_LENGTH);
    }

    private void end(String why) {
        reason = why;
        boolean hadPeer = peerSession != 0;
        formerPeerSession = hadPeer ? peerSession : formerPeerSession;
        isUp = false;
        peerSession = 0;
        session = 0;
        isStarted = false;
        if (hadPeer) {
            command.putLong(0, conversation, LITTLE_ENDIAN);
            mailbox.command(LinkMailbox.STOP, command, Long.BYTES);
            node.onEnd(this);
        }
    }

    /** Never 0, which stands for none. */
    private long newSession() {
        return random.nextLong() | 1L;
    }

    private void onData(DirectBuffer buffer, int offset, int length) {
        long start = length < Long.BYTES ? -1 : buffer.getLong(offset, LITTLE_ENDIAN);
        long dataLength = length - (long) Long.BYTES;
        if (start < 0 || start + dataLength > window.limit()) {
            counters.increment(CounterId.LINK_BAD_WINDOW);
            return;
        }
        if (window.put(start, buffer, offset + Long.BYTES, (int) dataLength)) {
            ackIsDue();
        } else {
            counters.increment(CounterId.LINK_REPEATED);
            isAckUrgent = true;
            ackIsDue();
        }
    }

    private void ackIsDue() {
        if (!isAckDue) {
            isAckDue = true;
            ackDueSinceNs = nowNs;
        }
    }

    private void onBeat(DirectBuffer buffer, int offset, int length) {
        if (length != Long.BYTES) {
            counters.increment(CounterId.LINK_BAD_LENGTH);
            return;
        }
        announced = Math.max(announced, buffer.getLong(offset, LITTLE_ENDIAN));
        isAckUrgent = true;
        ackIsDue();
    }

    private void onAck(DirectBuffer buffer, int offset, int length) {
        long ranges = length < ACK_LENGTH ? -1 : buffer.getLong(offset + 64, LITTLE_ENDIAN);
        if (ranges < 0
                || ranges > LinkMailbox.RANGES_LIMIT
                || length != ACK_LENGTH + ranges * 2 * Long.BYTES) {
            counters.increment(CounterId.LINK_BAD_LENGTH);
            return;
        }
        ackedIncarnation = buffer.getLong(offset + 16, LITTLE_ENDIAN);
        ackedSequence = buffer.getLong(offset + 24, LITTLE_ENDIAN);
        peerNewestIncarnation = buffer.getLong(offset + 32, LITTLE_ENDIAN);
        peerNewestSequence = buffer.getLong(offset + 40, LITTLE_ENDIAN);
        node.onClock(
                this,
                buffer.getLong(offset + 48, LITTLE_ENDIAN),
                buffer.getLong(offset + 56, LITTLE_ENDIAN));
        command.putLong(0, conversation, LITTLE_ENDIAN);
        command.putBytes(8, buffer, offset, 2 * Long.BYTES);
        command.putLong(24, ranges, LITTLE_ENDIAN);
        int rangesLength = (int) ranges * 2 * Long.BYTES;
        command.putBytes(LinkMailbox.ACK_RANGES_OFFSET, buffer, offset + ACK_LENGTH, rangesLength);
        mailbox.command(LinkMailbox.ACK, command, LinkMailbox.ACK_RANGES_OFFSET + rangesLength);
    }

    /**
     * Hands out entries that have arrived, in order.
     *
     * @param budget bytes after which no further entry is begun.
     * @return bytes handed out.
     */
    public int drain(int budget) {
        int used = 0;
        while (used < budget && window.available() >= LinkEntry.HEADER_LENGTH) {
            window.peek(LinkEntry.HEADER_LENGTH, scratch);
            int contentLength = LinkEntry.contentLength(scratch, 0);
            int type = LinkEntry.type(scratch, 0);
            if (contentLength < 0
                    || contentLength > LinkEntry.CONTENT_LIMIT
                    || type == 0
                    || type > LinkEntry.TYPE_LIMIT) {
                makesNoSense("an entry of type " + type + " with " + contentLength + " bytes");
                return used;
            }
            int length = LinkEntry.HEADER_LENGTH + contentLength;
            if (window.available() < length) {
                break;
            }
            if (!handOut(length)) {
                makesNoSense("entry of type " + type + ": its content");
                return used;
            }
            window.consume(length);
            used += length;
        }
        if (used > 0) {
            ackIsDue();
        }
        return used;
    }

    private boolean handOut(int length) {
        DirectBuffer from = window.inPlace(length);
        int at = window.front();
        if (from == null) {
            window.peek(length, scratch);
            from = scratch;
            at = 0;
        }
        entry.type = LinkEntry.type(from, at);
        entry.flags = LinkEntry.flags(from, at);
        entry.incarnation = LinkEntry.incarnation(from, at);
        entry.sequence = LinkEntry.sequence(from, at);
        return node.onEntry(
                this, entry, from, at + LinkEntry.HEADER_LENGTH, length - LinkEntry.HEADER_LENGTH);
    }

    private void makesNoSense(String what) {
        counters.increment(CounterId.LINK_BAD_ENTRY);
        end("its stream made no sense (" + what + "); a new conversation follows");
    }

    /** Timers, and acknowledgements of what was taken in; returns frames sent. */
    public int work(long cycleNs) {
        nowNs = cycleNs;
        if (peerSession != 0 && nowNs - heardNs > SILENCE_NS) {
            end("silent for " + (nowNs - heardNs) / 1_000_000 + " ms");
        }
        if (isUp && !isStarted) {
            startSender();
        }
        if (!isUp) {
            return greetIfDue();
        }
        return acknowledgeIfDue();
    }

    private int greetIfDue() {
        if (hasGreeted && nowNs - greetAtNs < 0) {
            return 0;
        }
        greet();
        greetAtNs = nowNs + greetPauseNs;
        greetPauseNs = Math.min(2 * greetPauseNs, GREETING_PAUSE_MAXIMUM_NS);
        return 1;
    }

    private void greet() {
        if (session == 0) {
            session = newSession();
        }
        hasGreeted = true;
        greetedNs = nowNs;
        greeting.versionMin = LinkFrame.VERSION;
        greeting.versionMax = LinkFrame.VERSION;
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
        send(LinkFrame.HELLO, greeting.encode(frame, LinkFrame.HEADER_LENGTH));
    }

    private int acknowledgeIfDue() {
        long furthest = Math.max(announced, window.furthest());
        boolean isGap = furthest > window.contiguous();
        if (window.contiguous() != nakContiguous) {
            nakContiguous = window.contiguous();
            nakPauseNs = NAK_PAUSE_NS;
            nakAtNs = nowNs;
        }
        boolean isNakDue = isGap && nowNs - nakAtNs >= 0;
        boolean isMuch =
                window.contiguous() - ackedContiguous > settings.windowBytes() / 8
                        || isAckUrgent
                        || nowNs - ackDueSinceNs >= ACK_DELAY_NS;
        if (!isNakDue && !(isAckDue && isMuch) && nowNs - ackedNs < SECOND_NS) {
            return 0;
        }
        if (isNakDue) {
            counters.increment(CounterId.LINK_GAPS);
            nakAtNs = nowNs + nakPauseNs;
            nakPauseNs = Math.min(2 * nakPauseNs, NAK_PAUSE_MAXIMUM_NS);
        }
        acknowledge(isGap ? furthest : window.contiguous());
        return 1;
    }

    private void acknowledge(long furthest) {
        isAckDue = false;
        isAckUrgent = false;
        ackedNs = nowNs;
        ackedContiguous = window.contiguous();
        int at = LinkFrame.HEADER_LENGTH;
        frame.putLong(at, window.contiguous(), LITTLE_ENDIAN);
        frame.putLong(at + 8, window.limit(), LITTLE_ENDIAN);
        frame.putLong(at + 16, node.knownIncarnation(peerId), LITTLE_ENDIAN);
        frame.putLong(at + 24, node.knownSequence(peerId), LITTLE_ENDIAN);
        frame.putLong(at + 32, node.newestIncarnation(), LITTLE_ENDIAN);
        frame.putLong(at + 40, node.newestSequence(), LITTLE_ENDIAN);
        frame.putLong(at + 48, node.nowMs(), LITTLE_ENDIAN);
        frame.putLong(at + 56, node.clockAgeMs(), LITTLE_ENDIAN);
        int ranges = putMissing(at + ACK_LENGTH, furthest);
        frame.putLong(at + 64, ranges, LITTLE_ENDIAN);
        send(LinkFrame.ACK, ACK_LENGTH + ranges * 2 * Long.BYTES);
    }

    private int putMissing(int offset, long furthest) {
        int count = 0;
        long from = window.contiguous();
        for (int i = 0; i <= window.rangeCount() && count < LinkMailbox.RANGES_LIMIT; i++) {
            long to = i < window.rangeCount() ? window.rangeStart(i) : furthest;
            if (to > from) {
                frame.putLong(offset + count * 16, from, LITTLE_ENDIAN);
                frame.putLong(offset + count * 16 + 8, to, LITTLE_ENDIAN);
                count++;
            }
            from = i < window.rangeCount() ? window.rangeEnd(i) : from;
        }
        return count;
    }

    private void send(int type, int payloadLength) {
        LinkFrame.Conversation of =
                sealing != null && sealing.session() == session && peerSession != 0
                        ? sealing
                        : new LinkFrame.Conversation(node.nodeId(), session, peerSession, crc);
        int total = LinkFrame.seal(frame, type, payloadLength, 2 * frames++, of);
        if (lane.send(frame, 0, total) < 0) {
            counters.increment(CounterId.LINK_SEND_ERRORS);
        }
    }

    /**
     * Room for an entry towards the peer, header included; {@link #commit} sends it.
     *
     * @param isGated whether it must not overtake the journal up to the position in its header.
     * @return index in {@link #entryBuffer}, or below 0 if there is no room or nobody to send to.
     */
    public int claim(int length, boolean isGated) {
        if (!isUp || !isStarted || settings.isReceiveOnly()) {
            return -1;
        }
        int index = mailbox.claimEntry(length);
        if (index < 0) {
            return index;
        }
        mailbox.entryBuffer().putLong(index, conversation, LITTLE_ENDIAN);
        mailbox.entryBuffer().putLong(index + 8, isGated ? 1 : 0, LITTLE_ENDIAN);
        return index + LinkMailbox.ENTRY_OFFSET;
    }

    public UnsafeBuffer entryBuffer() {
        return (UnsafeBuffer) mailbox.entryBuffer();
    }

    /** Sends what was written into the room that {@link #claim} gave. */
    public void commit(int index) {
        mailbox.commitEntry(index - LinkMailbox.ENTRY_OFFSET);
    }

    public PeerSettings settings() {
        return settings;
    }

    public CounterSet counters() {
        return counters;
    }

    public LinkMailbox mailbox() {
        return mailbox;
    }

    /** The peer's node id, 0 before it greeted. */
    public long peerId() {
        return peerId;
    }

    /** Whether both know of the conversation. */
    public boolean isUp() {
        return isUp;
    }

    /** Since when, nanoseconds of the agent's clock. */
    public long upSinceNs() {
        return upSinceNs;
    }

    /** Why it is not up; empty if it is. */
    public String reason() {
        return reason;
    }

    /** Whether the peer ships nothing of its journal to this node. */
    public boolean shipsNothing() {
        return shipsNothing;
    }

    /** How far the peer has this node's journal, as it said last. */
    public long ackedIncarnation() {
        return ackedIncarnation;
    }

    /** As {@link #ackedIncarnation}. */
    public long ackedSequence() {
        return ackedSequence;
    }

    /** Newest document of the peer's journal, as it said last. */
    public long peerNewestIncarnation() {
        return peerNewestIncarnation;
    }

    /** As {@link #peerNewestIncarnation}. */
    public long peerNewestSequence() {
        return peerNewestSequence;
    }
}
