package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecords;

/**
 * The annotated value of each field of each vector state, taken from the vector's own table, is
 * what the canonical record holds.
 */
class VectorFieldsTest {
    private static final Map<String, ToLongFunction<StateRecord>> NUMBERS = new HashMap<>();
    private static final Map<String, Integer> ADDRESSES =
            Map.of(
                    "key_wire.addr0", StateRecord.WIRE_ADDR0_OFFSET,
                    "key_wire.addr1", StateRecord.WIRE_ADDR1_OFFSET,
                    "key_stack.addr0", StateRecord.STACK_ADDR0_OFFSET,
                    "key_stack.addr1", StateRecord.STACK_ADDR1_OFFSET,
                    "rt_addr", StateRecord.RT_ADDR_OFFSET);
    private static final Map<String, ToLongFunction<StateRecord>> NAMES =
            Map.of(
                    "ifname", StateRecord::ifname,
                    "rt_ifname", StateRecord::rtIfname,
                    "orig_ifname", StateRecord::origIfname,
                    "tagname", StateRecord::tag);
    private static final Set<String> WITHOUT_PLACE =
            Set.of("key_wire.pad", "key_stack.pad", "src.pad", "dst.pad", "spare");

    static {
        identity();
        peer("src.", StateRecord::src);
        peer("dst.", StateRecord::dst);
        NUMBERS.put("rule", r -> r.rule() & 0xFFFF_FFFFL);
        NUMBERS.put("anchor", r -> r.anchor() & 0xFFFF_FFFFL);
        NUMBERS.put("nat_rule", r -> r.natRule() & 0xFFFF_FFFFL);
        NUMBERS.put("creation", r -> (StateRecords.NOW_MS - r.createdAtMs()) / 1000);
        NUMBERS.put("expire", StateRecord::lifetimeS);
        NUMBERS.put("packets0", StateRecord::packets0);
        NUMBERS.put("packets1", StateRecord::packets1);
        NUMBERS.put("bytes0", StateRecord::bytes0);
        NUMBERS.put("bytes1", StateRecord::bytes1);
        NUMBERS.put("timeout", StateRecord::timeout);
        NUMBERS.put("state_flags", StateRecord::stateFlags);
        NUMBERS.put("sync_flags", StateRecord::syncFlags);
        NUMBERS.put("updates", StateRecord::updates);
        NUMBERS.put("log", StateRecord::log);
        NUMBERS.put("qid", StateRecord::qid);
        NUMBERS.put("pqid", StateRecord::pqid);
        NUMBERS.put("dnpipe", StateRecord::dnpipe);
        NUMBERS.put("dnrpipe", StateRecord::dnrpipe);
        NUMBERS.put("rtableid", r -> r.rtableId0() & 0xFFFF_FFFFL);
        NUMBERS.put("rtableid0", r -> r.rtableId0() & 0xFFFF_FFFFL);
        NUMBERS.put("rtableid1", r -> r.rtableId1() & 0xFFFF_FFFFL);
        NUMBERS.put("min_ttl", StateRecord::minTtl);
        NUMBERS.put("set_tos", StateRecord::setTos);
        NUMBERS.put("max_mss", StateRecord::maxMss);
        NUMBERS.put("set_prio", r -> r.setPrio0() << 8 | r.setPrio1());
        NUMBERS.put("rt", StateRecord::rtKind); // the v6 vectors have none, so one numbering does
    }

    private static void identity() {
        NUMBERS.put("id", StateRecord::id);
        NUMBERS.put("creatorid", r -> r.creatorId() & 0xFFFF_FFFFL);
        NUMBERS.put("key_wire.port0", StateRecord::wirePort0);
        NUMBERS.put("key_wire.port1", StateRecord::wirePort1);
        NUMBERS.put("key_stack.port0", StateRecord::stackPort0);
        NUMBERS.put("key_stack.port1", StateRecord::stackPort1);
        NUMBERS.put("key_wire.rdomain", StateRecord::wireRdomain);
        NUMBERS.put("key_stack.rdomain", StateRecord::stackRdomain);
        NUMBERS.put("key_wire.af", r -> v6Family(r.wireAf()));
        NUMBERS.put("key_stack.af", r -> v6Family(r.stackAf()));
        NUMBERS.put("af", r -> r.dialect() == 0 ? v6Family(r.wireAf()) : v5Family(r.wireAf()));
        NUMBERS.put("wire_af", r -> v5Family(r.wireAf()));
        NUMBERS.put("stack_af", r -> v5Family(r.stackAf()));
        NUMBERS.put("rt_af", r -> v5Family(r.rtAf()));
        NUMBERS.put("proto", StateRecord::wireProto);
        NUMBERS.put("wire_proto", StateRecord::wireProto);
        NUMBERS.put("stack_proto", StateRecord::stackProto);
        NUMBERS.put("direction", StateRecord::direction);
    }

    private static void peer(String prefix, Function<StateRecord, PeerRecord> peer) {
        NUMBERS.put(prefix + "scrub.pfss_flags", r -> peer.apply(r).scrubFlags());
        NUMBERS.put(prefix + "scrub.pfss_ttl", r -> peer.apply(r).scrubTtl());
        NUMBERS.put(prefix + "scrub.scrub_flag", r -> peer.apply(r).scrubFlag());
        NUMBERS.put(prefix + "scrub.pfss_ts_mod", r -> peer.apply(r).tsMod());
        NUMBERS.put(prefix + "seqlo", r -> peer.apply(r).seqlo());
        NUMBERS.put(prefix + "seqhi", r -> peer.apply(r).seqhi());
        NUMBERS.put(prefix + "seqdiff", r -> peer.apply(r).seqdiff());
        NUMBERS.put(prefix + "max_win", r -> peer.apply(r).maxWin());
        NUMBERS.put(prefix + "mss", r -> peer.apply(r).mss());
        NUMBERS.put(prefix + "state", r -> peer.apply(r).state());
        NUMBERS.put(prefix + "wscale", r -> peer.apply(r).wscale());
    }

    private final NameTable names = new NameTable();

    @ParameterizedTest
    @ValueSource(strings = {"V02", "V03", "V15", "V16", "V17"})
    void shouldHoldTheAnnotatedValueOfEachField(String name) {
        Vectors.Vector vector = Vectors.named(name);
        StateRecord record = RecordingVisitor.walk(vector.frame(), names).states().get(0);
        Set<String> seen = new HashSet<>();
        for (Vectors.Field field : vector.fields()) {
            for (String part : field.names()) {
                if (isInState(part)) {
                    check(name, part, field.value(), record);
                    seen.add(part);
                }
            }
        }
        assertTrue(seen.size() >= 51, () -> "a table names every field: " + seen);
    }

    private void check(String vector, String field, byte[] value, StateRecord record) {
        String where = vector + " " + field;
        if (ADDRESSES.containsKey(field)) {
            byte[] held = new byte[16];
            record.buffer().getBytes(record.offset() + ADDRESSES.get(field), held);
            assertEquals(new BigInteger(1, value), new BigInteger(1, held), where);
        } else if (NAMES.containsKey(field)) {
            String text = new String(value, StandardCharsets.ISO_8859_1).replace("\0", "");
            int id = (int) NAMES.get(field).applyAsLong(record);
            assertEquals(text, names.name(id), where);
        } else {
            ToLongFunction<StateRecord> number = NUMBERS.get(field);
            assertTrue(number != null, where + " has no place in the record");
            assertEquals(new BigInteger(1, value).longValue(), number.applyAsLong(record), where);
        }
    }

    private static boolean isInState(String field) {
        return !field.startsWith("header.")
                && !field.startsWith("sub.")
                && !field.startsWith("eof.")
                && !WITHOUT_PLACE.contains(field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"V04", "V05", "V18"})
    void shouldHoldTheAnnotatedPeersOfShortUpdates(String name) {
        Vectors.Vector vector = Vectors.named(name);
        StateRecord record = StateRecords.blank();
        FrameVisitor visitor =
                new FrameVisitor() {
                    @Override
                    public void onUpdateCompressed(UpdateCompressedDecoder update) {
                        update.src(record.src());
                        update.dst(record.dst());
                    }
                };
        new FrameWalker()
                .walk(
                        new UnsafeBuffer(vector.frame()),
                        0,
                        vector.frame().length,
                        FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                        visitor);
        for (Vectors.Field field : vector.fields()) {
            for (String part : field.names()) {
                if (part.matches("(src|dst)\\..*") && !WITHOUT_PLACE.contains(part)) {
                    check(name, part, field.value(), record);
                }
            }
        }
    }

    private static int v6Family(int family) {
        return family == 4 ? 2 : 24;
    }

    private static int v5Family(int family) {
        return family == 0 ? 0 : family == 4 ? 2 : 28;
    }
}
