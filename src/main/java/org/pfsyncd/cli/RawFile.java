package org.pfsyncd.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;

/**
 * States as {@code pfctl -S} writes them: records without head, count or time (spec pfsync.md
 * section 17). Owned by the reading thread.
 */
final class RawFile extends StateFile {
    private static final int SAMPLE_LIMIT = 1_000;
    private static final int READ_AHEAD = 256;

    private final Dialect dialect;
    private final ByteBuffer ahead;
    private final UnsafeBuffer bytes;
    private final StateDecoder[] decoders;
    private int position;
    private long number;
    private long agesFromMs;
    private String refusal;

    RawFile(Path path, FileChannel channel, Dialect dialect) throws IOException {
        super(path, channel);
        this.dialect = dialect;
        ahead = ByteBuffer.allocate(READ_AHEAD * dialect.stateLength());
        bytes = new UnsafeBuffer(ahead.array());
        decoders = new StateDecoder[READ_AHEAD];
        for (int i = 0; i < READ_AHEAD; i++) {
            decoders[i] = StateDecoder.over(bytes, i * dialect.stateLength(), dialect);
        }
        rewind();
    }

    /** The share of the first records that a decoder accepts. */
    static double soundShare(FileChannel channel, Dialect dialect) throws IOException {
        int length = dialect.stateLength();
        int count = (int) Math.min(SAMPLE_LIMIT, channel.size() / length);
        ByteBuffer sample = ByteBuffer.allocate(count * length);
        readFully(channel, sample, 0);
        UnsafeBuffer buffer = new UnsafeBuffer(sample.array());
        NameTable names = new NameTable(0xFFFE);
        StateRecord into =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
        int sound = 0;
        for (int i = 0; i < count; i++) {
            boolean isSound =
                    StateDecoder.over(buffer, i * length, dialect).decode(into, names, 0) == null;
            sound += isSound ? 1 : 0;
        }
        return count == 0 ? 0 : (double) sound / count;
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from)
            throws IOException {
        long at = from;
        while (into.hasRemaining()) {
            int n = channel.read(into, at);
            if (n < 0) {
                return;
            }
            at += n;
        }
    }

    /** From when ages and seconds left count, epoch milliseconds. */
    void agesFrom(long epochMs) {
        agesFromMs = epochMs;
    }

    @Override
    void rewind() {
        number = 0;
        position = READ_AHEAD;
    }

    @Override
    boolean next() throws IOException {
        if (number >= total()) {
            return false;
        }
        if (position == READ_AHEAD) {
            ahead.clear();
            readFully(channel, ahead, number * dialect.stateLength());
            position = 0;
        }
        StateDecoder decoder = decoders[position++];
        number++;
        Reject reject = decoder.decode(record, names, agesFromMs);
        refusal = reject == null ? null : decoder.explain(reject);
        if (reject == null) {
            record.marks(StateRecord.MARK_CONFIRMED);
        } else {
            record.clear().id(decoder.id()).creatorId(decoder.creatorId());
        }
        return true;
    }

    @Override
    long number() {
        return number;
    }

    @Override
    String unit() {
        return "record";
    }

    @Override
    String refusal() {
        return refusal;
    }

    @Override
    long savedMs() {
        return -1;
    }

    @Override
    String flaw() {
        long rest = size % dialect.stateLength();
        return rest == 0
                ? null
                : size
                        + " bytes are "
                        + total()
                        + " records of "
                        + dialect.stateLength()
                        + " bytes and "
                        + rest
                        + " bytes of one that is cut off";
    }

    @Override
    long total() {
        return size / dialect.stateLength();
    }
}
