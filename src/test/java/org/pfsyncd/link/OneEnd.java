package org.pfsyncd.link;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.wire.Crc32c;

/** The receiving half of node n1, and frames made by hand of its peer n2. */
final class OneEnd {
    static final long THEIRS = 0x77;
    static final int WINDOW = 256 << 10;

    final FakeNode node;
    final CounterSet<PeerCounter> counters = Counters.inMemory().peer("n2");
    final List<byte[]> sent = new ArrayList<>();
    final PeerLink link;
    long nowNs = -3_000_000_000L;
    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[9_000]);
    private final Crc32c crc = new Crc32c();
    private long counter;

    OneEnd() {
        this(new FakeNode(1, "n1"));
    }

    OneEnd(FakeNode node) {
        this.node = node;
        PeerSettings settings = new PeerSettings("n2", "10.0.0.2", "raw 253", WINDOW, false);
        link =
                new PeerLink(
                        settings,
                        new PeerLink.Parts(
                                new RecordingLane(),
                                node,
                                new LinkMailbox(),
                                counters,
                                new SplittableRandom(9)));
    }

    /** Steps time and timers. */
    int work(long ns) {
        nowNs += ns;
        link.drain(64 << 10);
        return link.work(nowNs);
    }

    /** The session in what was sent last. */
    long ours() {
        return LinkFrame.session(new UnsafeBuffer(sent.get(sent.size() - 1)), 0);
    }

    int lastType() {
        return LinkFrame.type(new UnsafeBuffer(sent.get(sent.size() - 1)), 0);
    }

    long count(PeerCounter id) {
        return counters.get(id);
    }

    /** Greets, is greeted and answers: up. */
    OneEnd up() {
        work(0);
        receive(hello(THEIRS, ours(), h -> {}));
        return this;
    }

    void receive(byte[] bytes) {
        UnsafeBuffer received = new UnsafeBuffer(bytes);
        if (PeerLink.isFrame(received, 0, bytes.length)) {
            link.onFrame(received, 0, bytes.length, nowNs);
        }
    }

    byte[] hello(long session, long peerSession, Consumer<Hello> change) {
        Hello hello = new Hello();
        hello.versionMin = 1;
        hello.versionMax = 1;
        hello.windowBytes = WINDOW;
        hello.name = "n2";
        change.accept(hello);
        return seal(LinkFrame.HELLO, session, peerSession, hello.encode(frame, 48));
    }

    byte[] data(long offset, byte[] bytes) {
        frame.putLong(48, offset, LITTLE_ENDIAN);
        frame.putBytes(56, bytes);
        return seal(LinkFrame.DATA, THEIRS, ours(), 8 + bytes.length);
    }

    /** A frame of numbers. */
    byte[] numbers(int type, long... numbers) {
        for (int i = 0; i < numbers.length; i++) {
            frame.putLong(48 + 8 * i, numbers[i], LITTLE_ENDIAN);
        }
        return seal(type, THEIRS, ours(), 8 * numbers.length);
    }

    byte[] refuse(long peerSession) {
        Hello.putText(frame, 48, FrameOut.REASON_LENGTH, "because");
        return seal(LinkFrame.REFUSE, 0, peerSession, FrameOut.REASON_LENGTH);
    }

    static byte[] entry(int type, int flags, int contentLength, int saysLength) {
        UnsafeBuffer entry = new UnsafeBuffer(new byte[LinkEntry.HEADER_LENGTH + contentLength]);
        LinkEntry.encode(entry, 0, type, flags, saysLength);
        LinkEntry.position(entry, 0, 1, 1);
        return entry.byteArray();
    }

    private byte[] seal(int type, long session, long peerSession, int length) {
        LinkFrame.Conversation of = new LinkFrame.Conversation(2, session, peerSession, crc);
        byte[] bytes = new byte[LinkFrame.seal(frame, type, length, counter++, of)];
        frame.getBytes(0, bytes);
        return bytes;
    }

    /** Makes the checksum right again. */
    void reseal(byte[] bytes) {
        UnsafeBuffer changed = new UnsafeBuffer(bytes);
        int sum = crc.of(changed, 0, bytes.length, LinkFrame.CRC_OFFSET);
        changed.putInt(LinkFrame.CRC_OFFSET, sum, LITTLE_ENDIAN);
    }

    private final class RecordingLane extends PlainLane {
        @Override
        public int send(DirectBuffer buffer, int offset, int length) {
            byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            sent.add(bytes);
            return length;
        }
    }
}
