package org.pfsyncd.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.pfsyncd.state.TestStates.peers;
import static org.pfsyncd.state.TestStates.tcp;
import static org.pfsyncd.state.TestStates.udp;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.wire.Outcome;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/** Clause 3 of state.md: spec pfsync.md section 9 with the corrected rules. */
class MergeTest {
    private static final String[] OUTCOMES = {"INSERTED", "MERGED", "HALF_STALE", "STALE"};

    @ParameterizedTest(name = "{0}: {1} and {2} gives {3} {4}")
    @CsvSource({
        // The worked decisions of section 9.5.
        "row 1, 4 1000 4 2000, 4 1500 4 2500, MERGED, 4 1500 4 2500",
        "row 2, 4 1000 4 2000, 4 900 4 2500, HALF_STALE, 4 1000 4 2500",
        "row 3, 7 5000 4 2000, 4 4000 4 1900, STALE, 7 5000 4 2000",
        "row 4, 4 4294967000 4 1, 4 200 4 1, MERGED, 4 200 4 1",
        "row 5, 12 0 0 0, 2 77 0 0, MERGED, 2 77 0 0",
        "row 6, 4 10 4 2000, 4 20 7 1500, MERGED, 4 20 7 1500",
        // Both sides of every edge.
        "same seq is fresh, 4 1000 4 2000, 4 1000 4 2000, MERGED, 4 1000 4 2000",
        "one less is stale, 4 1000 4 2000, 4 999 4 1999, STALE, 4 1000 4 2000",
        "dst alone stale is not copied, 4 1000 4 2000, 4 1001 4 1999, HALF_STALE, 4 1001 4 2000",
        "higher state ignores seq, 4 1000 4 2000, 7 1 7 1, MERGED, 7 1 7 1",
        "lower state is stale, 7 1 7 1, 4 1000 4 2000, STALE, 7 1 7 1",
        "half the circle ahead, 4 0 4 0, 4 2147483647 4 0, MERGED, 4 2147483647 4 0",
        "just over half behind, 4 0 4 0, 4 2147483649 4 0, HALF_STALE, 4 0 4 0",
        "proxy dst side may not fall back, 4 0 12 0, 4 0 4 5, HALF_STALE, 4 0 12 0",
        "proxy src 11 falls back, 11 9 0 0, 4 1 0 0, MERGED, 4 1 0 0",
        "state 10 does not fall back, 10 9 0 0, 4 1 0 0, HALF_STALE, 10 9 0 0",
        "within the proxy 12 to 11 is stale, 12 0 0 0, 11 5 0 0, HALF_STALE, 12 0 0 0",
        "proxy stays, 11 0 0 0, 12 5 0 0, MERGED, 12 5 0 0",
    })
    void shouldMergeTcp(String name, String known, String received, String outcome, String kept) {
        StateRecord record = withPeers(tcp(1), known);
        StateRecord update = withPeers(tcp(1), received);
        int result = Merge.peers(record, update.src(), update.dst());
        assertEquals(outcome, OUTCOMES[result], name);
        assertEquals(kept, text(record), name);
    }

    @ParameterizedTest
    @CsvSource({
        "same state and any seq is fresh, 2 9 2 9, 2 1 2 1, MERGED, 2 1 2 1",
        "higher is fresh, 1 0 0 0, 2 0 1 0, MERGED, 2 0 1 0",
        "lower is stale, 2 0 1 0, 1 0 1 0, HALF_STALE, 2 0 1 0",
        "both lower, 2 0 2 0, 1 0 1 0, STALE, 2 0 2 0",
        "no proxy exception, 11 0 0 0, 2 0 0 0, HALF_STALE, 11 0 0 0",
    })
    void shouldMergeOthersByStateOnly(
            String name, String known, String received, String outcome, String kept) {
        StateRecord record = withPeers(udp(1), known);
        StateRecord update = withPeers(udp(1), received);
        int result = Merge.peers(record, update.src(), update.dst());
        assertEquals(outcome, OUTCOMES[result], name);
        assertEquals(kept, text(record), name);
    }

    @Test
    void shouldCopyTheScrubBlockOnlyWhenTheSenderSaysItIsValid() {
        StateRecord known = scrubbed(tcp(1), 1, 64, 77);
        StateRecord update = scrubbed(tcp(1), 0, 10, 5);
        Merge.peers(known, update.src(), update.dst());
        assertEquals(64, known.src().scrubTtl());
        assertEquals(77, known.src().tsMod());
        assertEquals(1, known.src().scrubFlag());

        Merge.peers(known, scrubbed(update, 2, 10, 5).src(), update.dst());
        assertEquals(64, known.src().scrubTtl(), "only 1 means valid");

        Merge.peers(known, scrubbed(update, 1, 10, 5).src(), update.dst());
        assertEquals(10, known.src().scrubTtl());
        assertEquals(5, known.src().tsMod());
        assertEquals(1, known.src().scrubFlags());
    }

    @Test
    void shouldCopyEverythingElseOfAFreshSide() {
        StateRecord known = tcp(1);
        StateRecord update = tcp(1);
        update.src().seqlo(2_000).seqhi(3_000).seqdiff(4).maxWin(5).mss(6).wscale(0x87);
        assertEquals(Outcome.MERGED, Merge.peers(known, update.src(), update.dst()));
        PeerRecord src = known.src();
        assertEquals(2_000, src.seqlo());
        assertEquals(3_000, src.seqhi());
        assertEquals(4, src.seqdiff());
        assertEquals(5, src.maxWin());
        assertEquals(6, src.mss());
        assertEquals(0x87, src.wscale());
    }

    private static StateRecord scrubbed(StateRecord record, int flag, int ttl, long tsMod) {
        record.src().scrubFlag(flag).scrubTtl(ttl).tsMod(tsMod).scrubFlags(1);
        return record;
    }

    private static StateRecord withPeers(StateRecord record, String text) {
        String[] words = text.split(" ", -1);
        return peers(
                record,
                Integer.parseInt(words[0]),
                Long.parseLong(words[1]),
                Integer.parseInt(words[2]),
                Long.parseLong(words[3]));
    }

    private static String text(StateRecord record) {
        return record.src().state()
                + " "
                + record.src().seqlo()
                + " "
                + record.dst().state()
                + " "
                + record.dst().seqlo();
    }
}
