package org.pfsyncd.system;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the dissector must show of a packet, derived from what {@code decode --json} says of it. */
final class WiresharkFields {
    /** Counters of a frame; {@code badval} is about one message and treated apart. */
    static final List<String> FAULTS = List.of("hdrops", "badver", "badlen", "badact");

    private static final List<String> FREEBSD =
            List.of(
                    "CLR", "INS", "INS_ACK", "UPD", "UPD_C", "UPD_REQ", "DEL", "DEL_C", "INS_F",
                    "DEL_F", "BUS", "TDB", "EOF", "INS", "UPD", "INS", "UPD");
    private static final List<String> OPENBSD =
            List.of(
                    "CLR", "OINS", "INS_ACK", "OUPD", "UPD_C", "UPD_REQ", "DEL", "DEL_C", "INS_F",
                    "DEL_F", "BUS", "OTDB", "EOF", "INS", "UPD", "TDB");

    private static final Map<String, String> PEER =
            Map.of(
                    "state", "state",
                    "seqlo", "seqlo",
                    "seqhi", "seqhi",
                    "seqdiff", "seqdiff",
                    "max_win", "max_win",
                    "mss", "mss",
                    "scrub_flag", "scrub_valid",
                    "pfss_ttl", "scrub_ttl");
    private static final List<String> RULES = List.of("rule", "anchor", "nat_rule");
    private static final List<String> NUMBERS = List.of("creation", "expire", "timeout");
    private static final List<String> DIRECTIONS = List.of("inout", "in", "out");

    private final Map<String, List<String>> fields = new LinkedHashMap<>();

    /** Every field that {@link #of} may name, those of the regions and the faults. */
    static List<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (String side : List.of("wire", "stack")) {
            for (String end : List.of("src", "dst")) {
                names.addAll(List.of(side + "." + end, side + "." + end + "6"));
                names.add(side + "." + end + "port");
            }
            names.add(side + ".proto");
        }
        for (String end : List.of("src", "dst")) {
            PEER.values().forEach(name -> names.add(end + "." + name));
            names.addAll(List.of(end + ".wscale", end + ".scrub_flags", end + ".ts_mod"));
        }
        names.addAll(RULES);
        names.addAll(NUMBERS);
        names.addAll(List.of("id", "creatorid", "ifname", "proto", "direction", "rt_addr"));
        names.addAll(List.of("rt_addr6", "packets0", "packets1", "bytes0", "bytes1", "log"));
        names.addAll(List.of("flags", "sync_flags", "updates"));
        List<String> full = new ArrayList<>(names.stream().map(n -> "pfsync.state." + n).toList());
        full.addAll(List.of("pfsync.version", "pfsync.action", "pfsync.count", "pfsync.dialect"));
        full.addAll(List.of("pfsync.bus.endtime", "pfsync.bus.status", "pfsync.tdb.spi"));
        full.addAll(List.of("pfsync.tdb.dst", "pfsync.tdb.dst6", "pfsync.tdb.rpl"));
        full.addAll(List.of("pfsync.tdb.cur_bytes", "pfsync.badval", "_ws.expert.message"));
        FAULTS.forEach(fault -> full.add("pfsync." + fault));
        return full;
    }

    /** Values by field; a packet with a refused message answers its ids and creators alone. */
    static Map<String, List<String>> of(List<Map<String, Object>> messages, String dialect) {
        WiresharkFields expected = new WiresharkFields();
        boolean isWhole = messages.stream().noneMatch(WiresharkFields::isRefusal);
        for (Map<String, Object> message : messages) {
            if (message.get("state") instanceof Map<?, ?> state) {
                expected.addMessage((String) message.get("action"), state, dialect, isWhole);
            } else if (isRefusal(message)) {
                expected.addIdentity(message);
            }
        }
        return expected.fields;
    }

    static boolean isRefusal(Map<String, Object> message) {
        return message.containsKey("error") && message.containsKey("action");
    }

    /** The names of all messages, one by one, as the regions of a packet announce them. */
    static List<String> actions(Map<String, List<String>> packet) {
        List<String> actions = new ArrayList<>();
        List<String> numbers = packet.get("pfsync.action");
        List<String> names = packet.get("pfsync.version").contains("6") ? OPENBSD : FREEBSD;
        for (int i = 0; i < numbers.size(); i++) {
            int action = Integer.parseInt(numbers.get(i));
            String name = action < names.size() ? names.get(action) : "UNKNOWN";
            for (int j = Integer.parseInt(packet.get("pfsync.count").get(i)); j > 0; j--) {
                if (!name.equals("EOF")) {
                    actions.add(name);
                }
            }
        }
        return actions;
    }

    /** Of a frame: netstat's counters that grow. */
    static Set<String> faults(List<Map<String, Object>> messages) {
        Set<String> faults = new TreeSet<>();
        messages.stream()
                .filter(message -> message.containsKey("error") && !isRefusal(message))
                .filter(message -> !isOpenBsd45(message))
                .forEach(message -> faults.add((String) message.get("error")));
        return faults;
    }

    /** Refused by us, for no such host lives; the dissector shows it. */
    static boolean isOpenBsd45(Map<String, Object> message) {
        return String.valueOf(message.get("detail")).contains("OpenBSD 4.5");
    }

    private void addMessage(String action, Map<?, ?> state, String dialect, boolean isWhole) {
        if (state.containsKey("creatorid")) {
            addIdentity(state);
        }
        if (!isWhole) {
            return;
        }
        for (String end : List.of("src", "dst")) {
            if (state.get(end) instanceof Map<?, ?> peer) {
                addPeer(end, peer);
            }
        }
        if (state.containsKey("wire")) {
            addState(state, dialect);
        } else if (action.equals("UPD_C")) {
            add("state.timeout", state.get("timeout"));
            add("state.expire", state.get("expire"));
        } else if (action.equals("BUS")) {
            add("bus.endtime", state.get("endtime"));
        } else if (action.equals("TDB")) {
            add("tdb.spi", hex(state.get("spi"), 8));
            addAddress("tdb.dst", (String) state.get("dst"));
            add("tdb.rpl", state.get("rpl"));
            add("tdb.cur_bytes", state.get("cur_bytes"));
        }
    }

    private void addIdentity(Map<?, ?> state) {
        if (state.get("id") instanceof String id) {
            add("state.id", "0x" + id);
        }
        add("state.creatorid", "0x" + state.get("creatorid"));
    }

    private void addPeer(String end, Map<?, ?> peer) {
        PEER.forEach((json, name) -> add("state." + end + "." + name, peer.get(json)));
        add("state." + end + ".wscale", hex(peer.get("wscale"), 2));
        add("state." + end + ".scrub_flags", hex(peer.get("pfss_flags"), 4));
        add("state." + end + ".ts_mod", hex(peer.get("pfss_ts_mod"), 8));
    }

    private void addState(Map<?, ?> state, String dialect) {
        // For none, decode prints -1 as pfctl does.
        RULES.forEach(
                name -> {
                    long rule = Long.parseLong(state.get(name).toString());
                    add("state." + name, rule & 0xFFFF_FFFFL);
                });
        NUMBERS.forEach(name -> add("state." + name, state.get(name)));
        add("state.ifname", printable((String) state.get("ifname")));
        int direction = DIRECTIONS.indexOf(state.get("direction"));
        add("state.direction", direction);
        boolean isTranslated = state.containsKey("stack_af");
        addKey("wire", (Map<?, ?>) state.get("wire"), direction == 2 && !isTranslated);
        addKey("stack", (Map<?, ?>) state.get("stack"), direction == 2 || isTranslated);
        addAddress("state.rt_addr", (String) state.get("rt_addr"));
        for (String pair : List.of("packets", "bytes")) {
            add("state." + pair + "0", ((List<?>) state.get(pair)).get(0));
            add("state." + pair + "1", ((List<?>) state.get(pair)).get(1));
        }
        add("state.log", hex(state.get("log"), 2));
        add("state.flags", hex(state.get("state_flags"), 4));
        if (dialect.equals("1500")) {
            add("state.wire.proto", state.get("proto"));
            add(
                    "state.stack.proto",
                    state.containsKey("stack_proto")
                            ? state.get("stack_proto")
                            : state.get("proto"));
        } else {
            add("state.proto", state.get("proto"));
            add("state.sync_flags", hex(state.get("sync_flags"), 2));
            add("state.updates", state.get("updates"));
        }
    }

    private void addKey(String side, Map<?, ?> key, boolean isSourceSecond) {
        String source = isSourceSecond ? "1" : "0";
        String destination = isSourceSecond ? "0" : "1";
        addAddress("state." + side + ".src", (String) key.get("addr" + source));
        add("state." + side + ".srcport", key.get("port" + source));
        addAddress("state." + side + ".dst", (String) key.get("addr" + destination));
        add("state." + side + ".dstport", key.get("port" + destination));
    }

    private void addAddress(String field, String address) {
        if (!address.isEmpty()) {
            add(field + (address.contains(":") ? "6" : ""), address);
        }
    }

    private void add(String field, Object value) {
        fields.computeIfAbsent("pfsync." + field, k -> new ArrayList<>()).add(value.toString());
    }

    /** A name with its controls and the bytes that are not ASCII as {@code \\xNN}. */
    private static String printable(String name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            text.append(c < ' ' || c > '~' ? String.format("\\x%02x", (int) c) : c);
        }
        return text.toString();
    }

    private static String hex(Object number, int digits) {
        return String.format("0x%0" + digits + "x", Long.parseLong(number.toString()));
    }
}
