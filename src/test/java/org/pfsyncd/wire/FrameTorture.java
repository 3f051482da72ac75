package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.support.StateRecords;

/**
 * Takes any bytes through walker, decoders and encoders, and holds what comes out against our own
 * promises: shared by the hostile tests and the fuzzer.
 */
final class FrameTorture {
    private static final int MTU = 1500;
    private static final Dialect[] DIALECTS = {
        Dialect.V6, Dialect.V1301, Dialect.V1400, Dialect.V1500
    };

    private FrameTorture() {}

    static void run(byte[] frame, NameTable names) {
        for (int accepted = 0; accepted <= 3; accepted++) {
            long first = walk(frame, accepted, names);
            assertEquals(first, walk(frame, accepted, names), "the same bytes mean the same");
        }
    }

    private static long walk(byte[] frame, int accepted, NameTable names) {
        Judge judge = new Judge(names, true);
        new FrameWalker().walk(new UnsafeBuffer(frame), 0, frame.length, accepted, judge);
        assertTrue(judge.rejectCount <= 1, "a walk ends with its refusal");
        if (accepted == 0) {
            assertEquals(1, judge.rejectCount);
            assertEquals(0, judge.messageCount);
        }
        return judge.sum;
    }

    /** Reads every field, and sends each sound state through all dialects that can carry it. */
    private static final class Judge implements FrameVisitor {
        private final StateRecord record = StateRecords.blank();
        private final UnsafeBuffer out = new UnsafeBuffer(new byte[MTU]);
        private final FrameEncoder encoder = new FrameEncoder();
        private final byte[] address = new byte[16];
        private final NameTable names;
        private final boolean isSender;
        private int rejectCount;
        private int messageCount;
        private long sum;

        Judge(NameTable names, boolean isSender) {
            this.names = names;
            this.isSender = isSender;
        }

        @Override
        public void onState(MessageKind kind, StateDecoder state) {
            count();
            sum += state.id() + state.creatorId() + state.creationS() + state.expireS();
            if (state.decode(record, names, StateRecords.NOW_MS) == null) {
                assertTrue(record.wireAf() == 4 || record.wireAf() == 6);
                assertTrue(record.ifname() != 0 && record.creatorId() != 0);
                record.expiresAtMs(StateRecords.NOW_MS + record.lifetimeS() * 1000);
                if (isSender) {
                    resend(kind);
                }
            }
        }

        private void resend(MessageKind kind) {
            for (Dialect dialect : DIALECTS) {
                if (Representable.isIn(record, dialect)) {
                    encoder.begin(out, 0, dialect, MTU);
                    boolean isAdded =
                            encoder.addState(kind, record, names, StateRecords.NOW_MS)
                                    && encoder.addUpdateCompressed(record);
                    assertTrue(isAdded);
                    Judge receiver = new Judge(names, false);
                    new FrameWalker().walk(out, 0, encoder.finish(), 3, receiver);
                    assertEquals(0, receiver.rejectCount);
                    assertEquals(2, receiver.messageCount);
                }
            }
        }

        @Override
        public void onUpdateCompressed(UpdateCompressedDecoder update) {
            count();
            sum += update.id() + update.creatorId() + update.expireS();
            update.src(record.src());
            update.dst(record.dst());
            if (update.check(25) == null) {
                assertTrue(update.timeout() < 25 && record.src().state() <= 12);
            }
        }

        @Override
        public void onId(MessageKind kind, IdDecoder id) {
            count();
            sum += id.id() + id.creatorId();
        }

        @Override
        public void onClear(ClearDecoder clear) {
            count();
            sum += clear.ifname(names) + clear.creatorId();
        }

        @Override
        public void onBulkStatus(BulkStatusDecoder status, int index) {
            count();
            sum += status.creatorId() + status.endTimeS() + status.status();
        }

        @Override
        public void onTdb(TdbDecoder tdb) {
            count();
            sum += tdb.spi() + tdb.af() + tdb.replay() + tdb.currentBytes() + tdb.protocol();
            tdb.address(address);
            encoder.begin(out, 0, Dialect.V1301, MTU);
            assertTrue(encoder.addTdb(tdb));
        }

        @Override
        public void onReject(Reject reject, int detail) {
            assertTrue(!reject.family().isEmpty() && !reject.meaning().isEmpty());
            rejectCount++;
        }

        private void count() {
            assertEquals(0, rejectCount, "nothing is delivered after a refusal");
            messageCount++;
        }
    }
}
