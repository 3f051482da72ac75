package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecords;

/** What is said to be lost is what a receiver of the other dialect does not get, and no more. */
class ConversionLossTest {
    private static final int RECORDS = 400;

    private final NameTable names = new NameTable();
    private final StateRecords states = new StateRecords(names);

    @ParameterizedTest
    @CsvSource({
        "V6, V1301", "V6, V1400", "V6, V1500", "V1301, V6", "V1301, V1400", "V1301, V1500",
        "V1400, V6", "V1400, V1301", "V1400, V1500", "V1500, V6", "V1500, V1301", "V1500, V1400"
    })
    void shouldNameWhatTheReceiverDoesNotGet(Dialect from, Dialect to) {
        Random random = new Random(from.ordinal() * 8L + to.ordinal());
        int compared = 0;
        for (int i = 0; i < RECORDS; i++) {
            StateRecord sent = states.random(from, random);
            sent.stackAf(sent.wireAf()).stackProto(sent.wireProto());
            if (Representable.isIn(sent, to)) {
                compare(sent, to);
                compared++;
            }
        }
        assertEquals(true, compared > RECORDS / 8, "compared " + compared);
    }

    private void compare(StateRecord sent, Dialect to) {
        byte[] frame = FrameBuilder.of(to).names(names).insert(sent).bytes();
        StateRecord got = RecordingVisitor.walk(frame, names).states().get(0);
        int losses = ConversionLoss.of(sent, to);
        check(losses, ConversionLoss.FLAGS, sent, got, sent.stateFlags() != got.stateFlags());
        boolean hasRoute = sent.rtKind() >= StateLayout.RT_FIRST;
        boolean isRouteGone = hasRoute && sent.rtKind() != got.rtKind();
        check(losses, ConversionLoss.ROUTE, sent, got, isRouteGone);
        boolean isQueueGone =
                sent.qid() != got.qid()
                        || sent.pqid() != got.pqid()
                        || sent.dnpipe() != got.dnpipe()
                        || sent.dnrpipe() != got.dnrpipe();
        check(losses, ConversionLoss.QUEUE, sent, got, isQueueGone);
        check(losses, ConversionLoss.TAG, sent, got, sent.tag() != got.tag());
        boolean isScrubGone =
                sent.minTtl() != got.minTtl()
                        || sent.setTos() != got.setTos()
                        || sent.maxMss() != got.maxMss();
        check(losses, ConversionLoss.SCRUB, sent, got, isScrubGone);
    }

    private static void check(
            int losses, int field, StateRecord sent, StateRecord got, boolean isGone) {
        assertEquals(
                isGone,
                (losses & field) != 0,
                () -> "field " + field + " of " + sent + " became " + got);
    }

    @ParameterizedTest
    @CsvSource({"V6", "V1301", "V1400", "V1500"})
    void shouldLoseNothingInTheDialectItCameIn(Dialect dialect) {
        Random random = new Random(3);
        for (int i = 0; i < RECORDS; i++) {
            assertEquals(0, ConversionLoss.of(states.random(dialect, random), dialect));
        }
    }

    @ParameterizedTest
    @CsvSource({"V1400, 0", "V1301, 4", "V6, 0"})
    void shouldNameARoutingTableWhereItIsLost(Dialect to, int losses) {
        StateRecord state = states.tcp(1, 7).record().dialect(Dialect.V1500.ordinal());
        state.rtableId0(3).rtableId1(3);
        assertEquals(losses, ConversionLoss.of(state, to));
    }

    @ParameterizedTest
    @CsvSource({"V1500, 0", "V1400, 64", "V6, 64"})
    void shouldNameTheInterfaceAStateWasMadeOn(Dialect to, int losses) {
        StateRecord state = states.tcp(1, 7).record().dialect(Dialect.V1500.ordinal());
        state.origIfname(names.intern("em3"));
        assertEquals(losses, ConversionLoss.of(state, to));
    }
}
