package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecords;

/** What an encoder writes, a decoder reads back, byte for byte of the canonical record. */
class StateRoundTripTest {
    private static final Dialect[] DIALECTS = {
        Dialect.V6, Dialect.V1301, Dialect.V1400, Dialect.V1500
    };

    private final NameTable names = new NameTable();
    private final StateRecords states = new StateRecords(names);

    @Property(shrinking = ShrinkingMode.OFF)
    void shouldKeepEveryFieldThatTheDialectCarries(
            @ForAll @IntRange(max = 3) int dialectIndex, @ForAll long seed) {
        Dialect dialect = DIALECTS[dialectIndex];
        StateRecord sent = states.random(dialect, seed);
        assertEquals(asReceived(sent), hex(convert(sent, dialect)));
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void shouldNotDependOnWhatTheBufferHeldBefore(
            @ForAll @IntRange(max = 3) int dialectIndex, @ForAll long seed) {
        Dialect dialect = DIALECTS[dialectIndex];
        StateRecord sent = states.random(dialect, seed);
        assertEquals(encode(sent, dialect, (byte) 0), encode(sent, dialect, (byte) 0xFF));
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void shouldComeBackFrom1500WithAllButTheListedFields(@ForAll long seed) {
        StateRecord sent = states.random(Dialect.V6, seed);
        if (sent.rtKind() != 0) {
            sent.rtIfname(names.intern("em9"));
        }
        StateRecord back = convert(convert(sent, Dialect.V1500), Dialect.V6);
        sent.wireRdomain(0).stackRdomain(0).rtableId1(sent.rtableId0());
        loseRules(sent).syncFlags(0).updates(0).rtIfname(0);
        assertEquals(asReceived(sent.stateFlags(sent.stateFlags() & 0x03FF)), hex(back));
    }

    @Property(shrinking = ShrinkingMode.OFF)
    void shouldComeBackFrom1301WithAllButTheListedFields(@ForAll long seed) {
        StateRecord sent = states.random(Dialect.V6, seed);
        sent.stackAf(sent.wireAf());
        sent.address(StateRecord.STACK_ADDR0_OFFSET, sent.buffer(), StateRecord.WIRE_ADDR0_OFFSET);
        sent.address(StateRecord.STACK_ADDR1_OFFSET, sent.buffer(), StateRecord.WIRE_ADDR1_OFFSET);
        StateRecord back = convert(convert(sent, Dialect.V1301), Dialect.V6);
        sent.wireRdomain(0).stackRdomain(0).rtableId0(-1).rtableId1(-1);
        loseRules(sent).stateFlags(sent.stateFlags() & 0xFF);
        sent.rtKind(0).rtAf(0).minTtl(0).setTos(0).maxMss(0).setPrio0(0).setPrio1(0);
        sent.address(StateRecord.RT_ADDR_OFFSET, new UnsafeBuffer(new byte[16]), 0);
        assertEquals(asReceived(sent), hex(back));
    }

    @Property(shrinking = ShrinkingMode.OFF, tries = 200)
    void shouldSendTheOldFormatsOfFreeBsdToTheNewOnes(@ForAll long seed) {
        StateRecord sent = states.random(Dialect.V1400, seed);
        boolean hasRoute = sent.rtKind() >= 2 && sent.rtIfname() != 0;
        StateRecord back = convert(convert(sent, Dialect.V1500), Dialect.V1400);
        if (!hasRoute) {
            sent.rtKind(0).rtIfname(0);
            sent.address(StateRecord.RT_ADDR_OFFSET, new UnsafeBuffer(new byte[16]), 0);
        }
        assertEquals(asReceived(sent.syncFlags(0).updates(0)), hex(back));
    }

    private static StateRecord loseRules(StateRecord record) {
        return record.rule(-1).anchor(-1).natRule(-1);
    }

    /** Sends a record in a dialect and takes what arrives. */
    private StateRecord convert(StateRecord record, Dialect dialect) {
        record.expiresAtMs(StateRecords.NOW_MS + record.lifetimeS() * 1000);
        byte[] frame = FrameBuilder.of(dialect).names(names).insert(record).bytes();
        RecordingVisitor visitor = RecordingVisitor.walk(frame, names);
        assertEquals(List.of(), visitor.rejects());
        assertEquals(1, visitor.states().size());
        StateRecord received = visitor.states().get(0);
        assertEquals(dialect.ordinal(), received.dialect());
        return received;
    }

    private String encode(StateRecord record, Dialect dialect, byte filler) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[1500]);
        buffer.setMemory(0, buffer.capacity(), filler);
        FrameEncoder encoder = new FrameEncoder().begin(buffer, 0, dialect, 1500);
        assertTrue(encoder.addState(MessageKind.UPD, record, names, StateRecords.NOW_MS));
        return HexFormat.of().formatHex(buffer.byteArray(), 0, encoder.finish());
    }

    /** A decoder leaves the expiry, which is the table's business, at zero. */
    private static String asReceived(StateRecord sent) {
        return hex(StateRecords.blank().copyFrom(sent).expiresAtMs(0));
    }

    private static String hex(StateRecord record) {
        byte[] bytes = new byte[StateRecord.LENGTH];
        record.buffer().getBytes(record.offset(), bytes);
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
