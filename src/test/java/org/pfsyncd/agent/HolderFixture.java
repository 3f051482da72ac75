package org.pfsyncd.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.StateRecord;

/** A member with a table, and a firewall that asks it for the whole of it. */
abstract class HolderFixture {
    static final int CREATOR = 0xa1b2c3d4;
    static final String OTHER = "10.0.0.2";
    static final String START = "BUS #0 600dcafe endtime=0 status=1";
    static final String UNPROVEN_START = START + " unproven";

    GroupLab lab = GroupLab.member(5_000);

    @AfterEach
    void close() {
        lab.close();
    }

    static byte[] bulkRequest(Dialect dialect) {
        return FrameBuilder.of(dialect).bulkRequest().bytes();
    }

    void fill(int count) {
        for (int i = 1; i <= count; i++) {
            insert(state(i));
        }
    }

    StateRecord state(int i) {
        return new StateRecords(lab.names, lab.nowMs)
                .tcp(i, CREATOR)
                .wire("10.1." + (i >> 8) + "." + (i & 0xFF) + ":1000", "10.2.0.10:80")
                .record();
    }

    void insert(StateRecord state) {
        lab.deliver(
                FrameBuilder.of(Dialect.V6).names(lab.names).nowMs(lab.nowMs).insert(state).bytes(),
                GroupLab.PROVER,
                255,
                true);
    }

    /** Whoever asks is a firewall: it was heard to create a state, of which nothing is left. */
    void hearFirewall() {
        lab.deliver(
                FrameBuilder.of(Dialect.V6)
                        .names(lab.names)
                        .nowMs(lab.nowMs)
                        .insert(state(9_999))
                        .deleteCompressed(9_999, CREATOR)
                        .bytes());
    }

    void ask(Dialect dialect) {
        lab.deliver(bulkRequest(dialect)).work();
    }

    static void assertNear(long expected, long actual, long tolerance) {
        assertTrue(Math.abs(expected - actual) <= tolerance, actual + " instead of " + expected);
    }

    SentFrames run(long ms) {
        for (long i = 0; i < ms; i++) {
            lab.advanceMs(1);
        }
        return SentFrames.of(lab.port.takeSent(), lab);
    }

    static Set<String> answerKinds(SentFrames sent) {
        sent.byKind.remove("UPD_REQ bulk");
        return sent.byKind.keySet();
    }

    static long ends(SentFrames sent) {
        return sent.marks.stream().filter(m -> m.contains("status=2")).count();
    }
}
