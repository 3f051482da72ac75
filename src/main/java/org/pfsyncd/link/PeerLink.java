package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.net.Lane;

/**
 * The receiving half of a conversation with one peer: greets, checks frames, puts the stream
 * together, hands out its entries, acknowledges. {@code src/docs/link-format.md}. Owned by the sync
 * agent; allocates nothing a frame, never throws on what a frame holds.
 */
public final class PeerLink {
    /** Nothing heard for this long: the peer is down. */
    public static final long SILENCE_NS = 3_000_000_000L;

    private final PeerSettings settings;
    private final LinkNode node;
    private final LinkMailbox mailbox;
    private final SenderCommands sender;
    private final CounterSet<PeerCounter> counters;
    private final SplittableRandom random;
    private final ReceiveWindow window;
    private final Hello hello = new Hello();
    private final EntryReader entries;
    private final FrameOut out;
    private final Greeter greeter;
    private final AckTimer acks;

    private long session; // odd, or 0 for none
    private long peerSession;
    private long formerPeerSession;
    private long peerId;
    private long conversation;
    private boolean isUp;
    private String reason = "not heard yet";
    private long nowNs;
    private long heardNs;
    private boolean isStarted;
    private boolean isTold;
    private final PeerWord word = new PeerWord();

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
            CounterSet<PeerCounter> counters,
            SplittableRandom random) {}

    public PeerLink(PeerSettings settings, Parts parts) {
        this.settings = settings;
        node = parts.node();
        mailbox = parts.mailbox();
        sender = new SenderCommands(mailbox);
        counters = parts.counters();
        random = parts.random();
        window = new ReceiveWindow(settings.windowBytes());
        entries = new EntryReader(window, node);
        acks = new AckTimer(settings.windowBytes());
        out = new FrameOut(node.nodeId(), parts.lane(), counters);
        greeter = new Greeter(settings, node);
    }

    /** Whether bytes can be a frame at all; what passes goes to {@link #onFrame}. */
    public static boolean isFrame(DirectBuffer buffer, int offset, int length) {
        return LinkFrame.hasHeader(buffer, offset, length);
    }

    /** One frame from the peer's address for which {@link #isFrame} holds. */
    public void onFrame(DirectBuffer buffer, int offset, int length, long cycleNs) {
        nowNs = cycleNs;
        PeerCounter bad = LinkFrame.fault(buffer, offset, length, out.crc());
        if (bad != null) {
            counters.increment(bad);
            return;
        }
        counters.increment(PeerCounter.LINK_FRAMES);
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
            counters.increment(PeerCounter.LINK_BAD_SESSION);
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

    private void onHello(DirectBuffer buffer, int offset, int length) {
        long theirs = LinkFrame.session(buffer, offset);
        // A session that ended here is over, unless the peer offers it for our present one: it may
        // not know that it ended, and would wait for ever.
        boolean isOver = theirs == formerPeerSession && !isAnswer(buffer, offset);
        if (theirs == 0
                || isOver
                || !hello.decode(buffer, offset + LinkFrame.HEADER_LENGTH, length)) {
            counters.increment(PeerCounter.LINK_BAD_SESSION);
            return;
        }
        hello.nodeId = LinkFrame.nodeId(buffer, offset);
        boolean isNew = theirs != peerSession;
        if (isNew) {
            String refusal = greeter.refusal(this, hello);
            if (refusal != null) {
                refuse(refusal);
                return;
            }
            begin(theirs, isAnswer(buffer, offset));
        }
        heardNs = nowNs;
        word.newest(hello.newestIncarnation, hello.newestSequence);
        node.onMembers(this, hello);
        boolean isAnswer = isAnswer(buffer, offset);
        if (isAnswer) {
            // Any other may be a late frame of a former life: it tells the time of that life.
            node.onClock(this, hello.nowMs, hello.clockAgeMs, !isTold);
            // What it says before it knows whom it talks to would mean a snapshot for nothing.
            word.acked(hello.knownIncarnation, hello.knownSequence);
            isTold = true;
            come();
        }
        if (isAnswer ? isNew : greeter.mayAnswer(nowNs)) {
            greet();
        }
    }

    private boolean isAnswer(DirectBuffer buffer, int offset) {
        return session != 0 && LinkFrame.peerSession(buffer, offset) == session;
    }

    private void refuse(String why) {
        if (!why.equals(reason)) {
            counters.increment(PeerCounter.LINK_REFUSALS);
        }
        if (!isUp) { // An old greeting that comes again must not end what goes on.
            end(why);
        }
        out.sessions(0, 0);
        out.refuse(why);
        out.sessions(session, peerSession);
    }

    private void onRefuse(DirectBuffer buffer, int offset, int length) {
        boolean isGeneral = LinkFrame.peerSession(buffer, offset) == 0 && !isUp;
        if (length != FrameOut.REASON_LENGTH || (!isGeneral && !isAnswer(buffer, offset))) {
            counters.increment(PeerCounter.LINK_BAD_SESSION);
            return;
        }
        String why = Hello.text(buffer, offset + LinkFrame.HEADER_LENGTH, FrameOut.REASON_LENGTH);
        end("refused by the peer: " + why);
    }

    /**
     * A peer, or a new life of it, has greeted: both streams begin at 0. A session of ours that it
     * names, and in which there were greetings only, stays: else the ends might never agree.
     */
    private void begin(long theirSession, boolean isAnswer) {
        if (peerSession != 0) {
            long ours = isAnswer && !isUp ? session : 0;
            end("the peer began anew");
            session = ours;
        }
        session = session == 0 ? random.nextLong() | 1L : session;
        peerSession = theirSession;
        peerId = hello.nodeId;
        out.sessions(session, peerSession);
        window.reset();
        acks.reset();
        isStarted = false;
        isTold = false;
        greeter.mustAnswer();
        word.greeted(hello);
        node.onBegin(this);
    }

    /** The peer knows this conversation: it may be spoken to. */
    private void come() {
        if (!isUp) {
            isUp = true;
            reason = "";
            greeter.onAnswer();
            counters.increment(PeerCounter.LINK_CONVERSATIONS);
        }
        startSender();
    }

    private void startSender() {
        if (isStarted || !isTold) {
            return;
        }
        hello.knownIncarnation = word.ackedIncarnation();
        hello.knownSequence = word.ackedSequence();
        isStarted =
                settings.isReceiveOnly()
                        || sender.start(++conversation, session, peerSession, peerId, hello);
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
            sender.stop(conversation);
            node.onEnd(this);
        }
    }

    private void onData(DirectBuffer buffer, int offset, int length) {
        int dataLength = length - Long.BYTES;
        long start = dataLength < 0 ? -1 : buffer.getLong(offset, LITTLE_ENDIAN);
        if (!window.takes(start, dataLength)) {
            counters.increment(PeerCounter.LINK_BAD_WINDOW);
            return;
        }
        if (window.put(start, buffer, offset + Long.BYTES, dataLength)) {
            acks.onArrival(nowNs);
        } else {
            counters.increment(PeerCounter.LINK_REPEATED);
            acks.onQuestion(nowNs);
        }
    }

    private void onBeat(DirectBuffer buffer, int offset, int length) {
        if (length != Long.BYTES) {
            counters.increment(PeerCounter.LINK_BAD_LENGTH);
        } else if (!window.takes(buffer.getLong(offset, LITTLE_ENDIAN), 0)) {
            counters.increment(PeerCounter.LINK_BAD_WINDOW);
        } else {
            acks.onAnnounced(buffer.getLong(offset, LITTLE_ENDIAN), nowNs);
        }
    }

    private void onAck(DirectBuffer buffer, int offset, int length) {
        long ranges =
                length < FrameOut.ACK_LENGTH ? -1 : buffer.getLong(offset + 64, LITTLE_ENDIAN);
        if (ranges < 0
                || ranges > LinkMailbox.RANGES_LIMIT
                || length != FrameOut.ACK_LENGTH + ranges * 2 * Long.BYTES
                || !word.decode(buffer, offset)) {
            counters.increment(PeerCounter.LINK_BAD_LENGTH);
            return;
        }
        node.onClock(
                this,
                buffer.getLong(offset + 48, LITTLE_ENDIAN),
                buffer.getLong(offset + 56, LITTLE_ENDIAN),
                !isTold);
        isTold = true;
        sender.acknowledge(conversation, buffer, offset, (int) ranges);
    }

    /**
     * Hands out entries that have arrived, in order; none before the peer has told the time.
     *
     * @param budget bytes after which no further entry is begun.
     * @return bytes handed out.
     */
    public int drain(int budget) {
        if (!isUp || !isTold) {
            return 0; // what is left belongs to a conversation that is over
        }
        int used = entries.drain(this, budget);
        if (entries.fault() != null) {
            counters.increment(PeerCounter.LINK_BAD_ENTRY);
            end("its stream made no sense (" + entries.fault() + "); a new conversation follows");
        } else if (used > 0) {
            acks.onArrival(nowNs);
        }
        return used;
    }

    /** Timers, and acknowledgements of what was taken in; returns frames sent. */
    public int work(long cycleNs) {
        nowNs = cycleNs;
        if (peerSession != 0 && nowNs - heardNs > SILENCE_NS) {
            end("nothing heard for more than " + SILENCE_NS / 1_000_000_000 + " s");
        }
        if (isUp && !isStarted) {
            startSender();
        }
        return greetIfDue() + (isUp ? acknowledgeIfDue() : 0);
    }

    private int greetIfDue() {
        if (!greeter.isDue(isUp, nowNs)) {
            return 0;
        }
        greet();
        return 1;
    }

    private void greet() {
        session = session == 0 ? random.nextLong() | 1L : session;
        out.sessions(session, peerSession);
        out.greet(greeter.compose(peerId, nowNs));
    }

    private int acknowledgeIfDue() {
        if (!acks.isDue(window, nowNs)) {
            return 0;
        }
        if (acks.isGap(window)) {
            counters.increment(PeerCounter.LINK_GAPS);
        }
        out.acknowledge(node, peerId, window, acks.furthest(window));
        acks.onSent(window, nowNs);
        return 1;
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
        return sender.claim(conversation, length, isGated);
    }

    /** Where {@link #claim} gave room. */
    public UnsafeBuffer entryBuffer() {
        return sender.entryBuffer();
    }

    /** Sends what was written into the room that {@link #claim} gave. */
    public void commit(int index) {
        sender.commit(index);
    }

    public PeerSettings settings() {
        return settings;
    }

    public CounterSet<PeerCounter> counters() {
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

    /** Why it is not up; empty if it is. */
    public String reason() {
        return reason;
    }

    /** Whether the peer ships nothing of its journal to this node. */
    public boolean shipsNothing() {
        return word.shipsNothing();
    }

    /** What the peer said last of its journal and of its copy of ours. */
    public PeerWord word() {
        return word;
    }
}
