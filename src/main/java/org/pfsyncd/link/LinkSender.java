package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.net.Lane;
import org.pfsyncd.wire.Crc32c;

/**
 * Sends one peer its stream: journal entries and answers, in frames of the path's size, again where
 * the peer says that bytes are missing, never beyond its window. Owned by the link agent; allocates
 * nothing and never waits: a slow peer only stops its own feed.
 */
public final class LinkSender implements AutoCloseable {
    private static final int ENTRIES_PER_CYCLE = 64;
    private static final int COMMANDS_PER_CYCLE = 64;
    private static final int FRAMES_PER_CYCLE = 64;

    /**
     * Taken from the journal ahead of what has been sent: more would only make the cycle longer.
     */
    private static final int READ_AHEAD_BYTES = 128 * 1024;

    private static final int STAGING_LENGTH = LinkEntry.HEADER_LENGTH + LinkEntry.CONTENT_LIMIT;
    private static final int DATA_OFFSET = LinkFrame.HEADER_LENGTH + Long.BYTES;
    private static final int FRAME_MAXIMUM = 9_000;
    private static final long SECOND_NS = 1_000_000_000L;

    private final long nodeId;
    private final Lane lane;
    private final Feed feed;
    private final LinkMailbox mailbox;
    private final CounterSet<PeerCounter> counters;
    private final long rateBytesPerSecond;
    private final SendWindow window;
    private final Resends resends = new Resends();
    private final PathSize pathSize = new PathSize();
    private final Crc32c crc = new Crc32c();
    private final UnsafeBuffer staging =
            new UnsafeBuffer(ByteBuffer.allocateDirect(STAGING_LENGTH));
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(FRAME_MAXIMUM));
    private final MessageHandler commandHandler = this::onCommand;
    private final ControlledMessageHandler entryHandler = this::onEntry;

    private LinkFrame.Conversation conversation;
    private long number;
    private long sent;
    private long windowEnd;
    private long frames;
    private long nowNs;
    private long beatAtNs;
    private long beatPauseNs;
    private long unackedSinceNs;
    private long allowanceBytes;
    private long refilledNs;
    private boolean isWaiting;

    /**
     * @param windowBytes most bytes on their way, a power of two.
     * @param rateBytesPerSecond most bytes of stream a second, 0 for no limit.
     */
    public record Settings(long nodeId, int windowBytes, long rateBytesPerSecond) {}

    public LinkSender(
            Settings settings,
            Lane lane,
            Feed feed,
            LinkMailbox mailbox,
            CounterSet<PeerCounter> counters) {
        nodeId = settings.nodeId();
        rateBytesPerSecond = settings.rateBytesPerSecond();
        window = new SendWindow(settings.windowBytes());
        this.lane = lane;
        this.feed = feed;
        this.mailbox = mailbox;
        this.counters = counters;
    }

    /** One bounded turn; returns work done. */
    public int work(long cycleNs) {
        nowNs = cycleNs;
        int workCount = mailbox.drainCommands(commandHandler, COMMANDS_PER_CYCLE);
        if (conversation == null) {
            return workCount + mailbox.drainEntries(entryHandler, ENTRIES_PER_CYCLE);
        }
        workCount += fill();
        mailbox.snapshotAwaited(feed.isSnapshotAwaited());
        int budget = FRAMES_PER_CYCLE;
        budget -= resend(budget);
        budget -= sendNew(budget);
        countWindowFull();
        int sentFrames = FRAMES_PER_CYCLE - budget;
        if (sentFrames > 0) {
            flush();
        }
        beat(sentFrames > 0);
        return workCount + sentFrames;
    }

    private void onCommand(int type, MutableDirectBuffer buffer, int offset, int length) {
        long of = buffer.getLong(offset, LITTLE_ENDIAN);
        switch (type) {
            case LinkMailbox.START -> start(buffer, offset);
            case LinkMailbox.STOP -> stop();
            case LinkMailbox.ACK -> {
                if (conversation != null && of == number) {
                    acknowledge(buffer, offset);
                }
            }
            default -> throw new IllegalStateException("command " + type);
        }
    }

    private void start(MutableDirectBuffer buffer, int offset) {
        number = buffer.getLong(offset, LITTLE_ENDIAN);
        conversation =
                new LinkFrame.Conversation(
                        nodeId,
                        buffer.getLong(offset + 8, LITTLE_ENDIAN),
                        buffer.getLong(offset + 16, LITTLE_ENDIAN),
                        crc);
        windowEnd = buffer.getLong(offset + 40, LITTLE_ENDIAN);
        window.reset();
        resends.clear();
        sent = 0;
        frames = 0;
        isWaiting = false;
        beatPauseNs = Resends.PROBE_NS;
        beatAtNs = nowNs;
        mailbox.unacked(false, 0);
        feed.start(
                buffer.getLong(offset + 48, LITTLE_ENDIAN),
                (int) buffer.getLong(offset + 56, LITTLE_ENDIAN),
                buffer.getLong(offset + 24, LITTLE_ENDIAN),
                buffer.getLong(offset + 32, LITTLE_ENDIAN));
    }

    private void stop() {
        conversation = null;
        mailbox.snapshotAwaited(false);
        mailbox.unacked(false, 0);
    }

    private void acknowledge(MutableDirectBuffer buffer, int offset) {
        long received = buffer.getLong(offset + 8, LITTLE_ENDIAN);
        long end = buffer.getLong(offset + 16, LITTLE_ENDIAN);
        if (received > window.acknowledged() && received <= sent) {
            window.acknowledge(received);
            resends.onProgress(window.acknowledged());
            pathSize.onProgress();
            beatPauseNs = Resends.PROBE_NS;
            unackedSinceNs = nowNs;
        }
        windowEnd = Math.max(windowEnd, end);
        long ranges = buffer.getLong(offset + 24, LITTLE_ENDIAN);
        for (int i = 0; i < ranges; i++) {
            int at = offset + LinkMailbox.ACK_RANGES_OFFSET + i * 2 * Long.BYTES;
            long from = Math.max(buffer.getLong(at, LITTLE_ENDIAN), window.acknowledged());
            long to = Math.min(buffer.getLong(at + Long.BYTES, LITTLE_ENDIAN), sent);
            // The first is the front: it alone tells whether the same bytes fail again and again.
            boolean isFront = i == 0;
            if (from < to
                    && resends.ask(from, to, nowNs)
                    && isFront
                    && pathSize.onLoss(from, nowNs)) {
                counters.increment(PeerCounter.LINK_BLACK_HOLES);
                beatPauseNs = Resends.PROBE_NS;
            }
        }
        tellUnacked();
    }

    private void tellUnacked() {
        mailbox.unacked(window.written() > window.acknowledged(), unackedSinceNs);
    }

    /** Takes entries into the window: answers first, then the journal. */
    private int fill() {
        boolean wasEmpty = window.written() == window.acknowledged();
        int taken = mailbox.drainEntries(entryHandler, ENTRIES_PER_CYCLE);
        while (taken < ENTRIES_PER_CYCLE) {
            if (window.room() < STAGING_LENGTH) {
                break;
            }
            if (window.written() - sent > READ_AHEAD_BYTES) {
                break;
            }
            int length = feed.next(staging, 0, STAGING_LENGTH);
            if (length == 0) {
                break;
            }
            window.append(staging, 0, length);
            int type = LinkEntry.type(staging, 0);
            boolean isWhole = (LinkEntry.flags(staging, 0) & LinkEntry.LAST) != 0;
            if (type == LinkEntry.DOCUMENT && isWhole) {
                counters.increment(PeerCounter.LINK_SENT_DOCUMENTS);
            } else if (type == LinkEntry.SNAPSHOT_END) {
                counters.increment(PeerCounter.LINK_SNAPSHOTS_SENT);
            }
            taken++;
        }
        if (taken > 0) {
            unackedSinceNs = wasEmpty ? nowNs : unackedSinceNs;
            mailbox.sent(feed.incarnation(), feed.sequence(), feed.isSnapshotRunning());
            tellUnacked();
        }
        return taken;
    }

    /** There is more to send, and the peer has not taken what it has, or not said so. */
    private void countWindowFull() {
        boolean isAtEnd = sent == windowEnd && sent < window.written();
        boolean isFull = isAtEnd || window.room() < STAGING_LENGTH;
        if (isFull && !isWaiting) {
            counters.increment(PeerCounter.LINK_WINDOW_FULL);
        }
        isWaiting = isFull;
    }

    private ControlledMessageHandler.Action onEntry(
            int type, MutableDirectBuffer buffer, int offset, int length) {
        long of = buffer.getLong(offset, LITTLE_ENDIAN);
        boolean isGated = buffer.getLong(offset + 8, LITTLE_ENDIAN) != 0;
        int at = offset + LinkMailbox.ENTRY_OFFSET;
        int entryLength = length - LinkMailbox.ENTRY_OFFSET;
        if (conversation == null || of != number) {
            return ControlledMessageHandler.Action.CONTINUE;
        }
        boolean isEarly =
                isGated
                        && !feed.hasPassed(
                                LinkEntry.incarnation(buffer, at), LinkEntry.sequence(buffer, at));
        if (isEarly || window.room() < entryLength) {
            return ControlledMessageHandler.Action.ABORT;
        }
        window.append(buffer, at, entryLength);
        return ControlledMessageHandler.Action.CONTINUE;
    }

    private int resend(int budget) {
        int used = 0;
        while (used < budget && resends.next(window.acknowledged())) {
            int length = (int) Math.min(payloadLimit(), resends.end() - resends.start());
            data(resends.start(), length);
            resends.advance(length);
            counters.add(PeerCounter.LINK_RESENT_BYTES, length);
            used++;
        }
        return used;
    }

    private int sendNew(int budget) {
        refill();
        int used = 0;
        long end = Math.min(window.written(), windowEnd);
        while (used < budget && sent < end && allowanceBytes > 0) {
            int length = (int) Math.min(payloadLimit(), end - sent);
            data(sent, length);
            sent += length;
            allowanceBytes -= rateBytesPerSecond == 0 ? 0 : length;
            used++;
        }
        return used;
    }

    private void refill() {
        if (rateBytesPerSecond == 0) {
            allowanceBytes = 1;
            return;
        }
        long elapsedNs = Math.max(0, Math.min(nowNs - refilledNs, SECOND_NS / 100));
        long earned = (long) ((double) rateBytesPerSecond * elapsedNs / SECOND_NS);
        if (earned > 0) {
            allowanceBytes = Math.min(allowanceBytes + earned, rateBytesPerSecond / 100 + 1);
            refilledNs = nowNs;
        }
    }

    private int payloadLimit() {
        int laneLimit = Math.min(lane.frameLimit(), FRAME_MAXIMUM);
        return pathSize.limit(laneLimit, nowNs) - DATA_OFFSET;
    }

    private void data(long offset, int length) {
        frame.putLong(LinkFrame.HEADER_LENGTH, offset, LITTLE_ENDIAN);
        window.copy(offset, length, frame, DATA_OFFSET);
        queue(LinkFrame.DATA, Long.BYTES + length);
    }

    private void queue(int type, int payloadLength) {
        // The sync agent's counters are even, these are odd: no counter ever stands in two frames.
        int total = LinkFrame.seal(frame, type, payloadLength, 2 * frames++ + 1, conversation);
        if (lane.queue(frame, 0, total) < 0) {
            counters.increment(PeerCounter.LINK_SEND_ERRORS);
        }
        counters.increment(PeerCounter.LINK_SENT_FRAMES);
        counters.add(PeerCounter.LINK_SENT_BYTES, total);
    }

    private void flush() {
        if (lane.flush() < 0) {
            counters.increment(PeerCounter.LINK_SEND_ERRORS);
        }
    }

    /**
     * Says how long the stream is: when nothing follows that would show a loss, and each second.
     */
    private void beat(boolean hasSent) {
        boolean isAnswerAwaited = window.written() > window.acknowledged();
        if (hasSent) {
            beatAtNs = nowNs + (isAnswerAwaited ? beatPauseNs : SECOND_NS);
            return;
        }
        if (nowNs - beatAtNs < 0) {
            return;
        }
        frame.putLong(LinkFrame.HEADER_LENGTH, sent, LITTLE_ENDIAN);
        queue(LinkFrame.BEAT, Long.BYTES);
        flush();
        if (isAnswerAwaited) {
            beatPauseNs = Math.min(2 * beatPauseNs, Resends.PROBE_MAXIMUM_NS);
            beatAtNs = nowNs + beatPauseNs;
        } else {
            beatPauseNs = Resends.PROBE_NS;
            beatAtNs = nowNs + SECOND_NS;
        }
    }

    @Override
    public void close() {
        feed.close();
    }
}
