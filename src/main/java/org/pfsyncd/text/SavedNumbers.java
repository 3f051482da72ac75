package org.pfsyncd.text;

import java.util.HashMap;
import java.util.Map;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/** The whole-number fields of a saved state, with their ranges. Stateless. */
final class SavedNumbers {
    /** About the year 3084, as between nodes. */
    static final long TIME_LIMIT_MS = (1L << 45) - 1;

    private static final int U8 = 0xFF;
    private static final int U16 = 0xFFFF;
    private static final long U32 = 0xFFFF_FFFFL;
    private static final int TIMEOUT_LIMIT = 24;
    private static final int PEER_STATE_LIMIT = 12;

    /** Of the state itself. */
    static final Map<String, Range<StateRecord>> STATE = state();

    /** Of {@code src} and {@code dst}. */
    static final Map<String, Range<PeerRecord>> PEER = peer();

    private SavedNumbers() {}

    /** What a number may be, and where it goes. */
    record Range<T>(long least, long most, Setter<T> setter) {}

    /** Puts a number in its place. */
    interface Setter<T> {
        void set(T into, long value);
    }

    private static Map<String, Range<StateRecord>> state() {
        Map<String, Range<StateRecord>> fields = new HashMap<>();
        put(fields, "proto", U8, (r, v) -> r.wireProto((int) v));
        put(fields, "stack_proto", U8, (r, v) -> r.stackProto((int) v));
        put(fields, "log", U8, (r, v) -> r.log((int) v));
        put(fields, "state_flags", U16, (r, v) -> r.stateFlags((int) v));
        put(fields, "timeout", TIMEOUT_LIMIT, (r, v) -> r.timeout((int) v));
        put(fields, "sync_flags", U8, (r, v) -> r.syncFlags((int) v));
        put(fields, "updates", U8, (r, v) -> r.updates((int) v));
        put(fields, "min_ttl", U8, (r, v) -> r.minTtl((int) v));
        put(fields, "set_tos", U8, (r, v) -> r.setTos((int) v));
        put(fields, "max_mss", U16, (r, v) -> r.maxMss((int) v));
        put(fields, "qid", U16, (r, v) -> r.qid((int) v));
        put(fields, "pqid", U16, (r, v) -> r.pqid((int) v));
        put(fields, "dnpipe", U16, (r, v) -> r.dnpipe((int) v));
        put(fields, "dnrpipe", U16, (r, v) -> r.dnrpipe((int) v));
        put(fields, "rt_kind", U8, (r, v) -> r.rtKind((int) v));
        put(fields, "lifetime_s", U32, StateRecord::lifetimeS);
        number32(fields, "rule", (r, v) -> r.rule((int) v));
        number32(fields, "anchor", (r, v) -> r.anchor((int) v));
        number32(fields, "nat_rule", (r, v) -> r.natRule((int) v));
        number32(fields, "rtableid", (r, v) -> r.rtableId0((int) v));
        number32(fields, "rtableid_reverse", (r, v) -> r.rtableId1((int) v));
        time(fields, "created_ms", StateRecord::createdAtMs);
        time(fields, "activity_ms", StateRecord::lastActivityMs);
        time(fields, "expires_ms", StateRecord::expiresAtMs);
        return Map.copyOf(fields);
    }

    private static Map<String, Range<PeerRecord>> peer() {
        Map<String, Range<PeerRecord>> fields = new HashMap<>();
        put(fields, "state", PEER_STATE_LIMIT, (p, v) -> p.state((int) v));
        put(fields, "seqlo", U32, PeerRecord::seqlo);
        put(fields, "seqhi", U32, PeerRecord::seqhi);
        put(fields, "seqdiff", U32, PeerRecord::seqdiff);
        put(fields, "max_win", U16, (p, v) -> p.maxWin((int) v));
        put(fields, "mss", U16, (p, v) -> p.mss((int) v));
        put(fields, "wscale", U8, (p, v) -> p.wscale((int) v));
        put(fields, "scrub_flag", U8, (p, v) -> p.scrubFlag((int) v));
        put(fields, "pfss_flags", U16, (p, v) -> p.scrubFlags((int) v));
        put(fields, "pfss_ttl", U8, (p, v) -> p.scrubTtl((int) v));
        put(fields, "pfss_ts_mod", U32, PeerRecord::tsMod);
        return Map.copyOf(fields);
    }

    private static <T> void put(
            Map<String, Range<T>> fields, String name, long most, Setter<T> setter) {
        fields.put(name, new Range<>(0, most, setter));
    }

    /** Written signed, -1 for none; read in either form. */
    private static void number32(
            Map<String, Range<StateRecord>> fields, String name, Setter<StateRecord> setter) {
        fields.put(name, new Range<>(Integer.MIN_VALUE, U32, setter));
    }

    private static void time(
            Map<String, Range<StateRecord>> fields, String name, Setter<StateRecord> setter) {
        fields.put(name, new Range<>(-TIME_LIMIT_MS, TIME_LIMIT_MS, setter));
    }
}
