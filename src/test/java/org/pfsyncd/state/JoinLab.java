package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.pfsyncd.state.TestStates.tcp;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A table that hears of another, and what it makes of it. */
abstract class JoinLab {
    static final long PEER = 7;
    static final long ELSEWHERE = 9;

    final Fixture here = new Fixture();
    final Fixture peer = new Fixture();
    final Join join = here.table.newJoin();
    final DeltaReader reader = new DeltaReader();
    long sequence;

    @AfterEach
    final void close() {
        here.close();
        peer.close();
    }

    /** What the peer's table changed since the last time arrives as its next document. */
    int hear() {
        return hear(++sequence);
    }

    int hear(long asSequence) {
        join.beginDocument(PEER, 1, asSequence);
        int refused = join.apply(peer.batch.buffer(), 0, peer.batch.length(), here.nowMs);
        join.endDocument();
        peer.batch.reset();
        return refused;
    }

    /** The deltas that arose here, positions left out; the batch is empty afterwards. */
    List<String> deltas() {
        List<String> texts = texts();
        texts.removeIf(text -> text.startsWith("POSITION"));
        return texts;
    }

    List<String> texts() {
        List<String> texts = new ArrayList<>();
        reader.wrap(here.batch.buffer(), 0, here.batch.length());
        while (reader.next()) {
            boolean isState = reader.isAboutAState();
            if (isState) {
                texts.add(DeltaType.name(reader.type()) + " " + Reason.name(reader.reason()));
            } else if (reader.type() == DeltaType.POSITION) {
                texts.add(
                        "POSITION "
                                + DeltaType.positionKind(reader.reason())
                                + " "
                                + reader.nodeId()
                                + " "
                                + reader.sequence());
            }
        }
        assertFalse(reader.isMalformed());
        here.batch.reset();
        return texts;
    }

    /** Both have the state, and it is the same. */
    void both(int number) {
        peer.insert(tcp(number));
        hear();
        here.batch.reset();
        assertNotNull(here.get(tcp(number)));
    }
}
