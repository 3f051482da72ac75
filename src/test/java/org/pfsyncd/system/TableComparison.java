package org.pfsyncd.system;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pfsyncd.cli.Recording;

/**
 * Compares the daemon's table with what the kernel of host H listed at time s, after the daemon has
 * seen every packet up to s. Owned by the test's thread.
 *
 * <ol>
 *   <li>A listed state is in the table, unless no packet up to s carries it whole: a kernel
 *       announces up to a second late, and never what began while pfsync was down.
 *   <li>A state in the table is listed, unless its removal leaves within a second after s, as late
 *       as anything is announced.
 *   <li>What cannot change is equal. What only has a meaning on the host that created the state
 *       (rule, anchor, sync_flags, the flag that forbids announcing) is equal if only H has sent it
 *       whole.
 *   <li>src, dst and timeout are equal, unless anybody speaks about the state within a second after
 *       s: then H had a change that it had not announced. Only if the last to speak about it was H.
 *   <li>A host that is told to clear its table says so with its own id only, so the states of
 *       others stay in ours: nothing on the wire says that it forgot them.
 *   <li>Packets, bytes and nat_rule are not compared: no update carries them. Age and remaining
 *       time are not: time is compressed.
 * </ol>
 */
final class TableComparison {
    private static final double ANNOUNCE_S = 1.2;
    private static final String[] IMMUTABLE = {
        "ifname", "af", "proto", "direction", "wire", "stack", "rt_addr", "log"
    };
    private static final String[] OF_THE_SENDER = {"rule", "anchor", "sync_flags"};
    private static final String[] MOMENTARY = {"src", "dst", "timeout", "timeout_name"};

    private final Map<Object, List<Map<String, Object>>> messages = new HashMap<>();
    private final List<Map<String, Object>> clears = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int states;
    private int moments;
    private int excused;

    TableComparison(List<Map<String, Object>> recorded) {
        for (Map<String, Object> message : recorded) {
            if (message.containsKey("error")) {
                continue;
            }
            if ("CLR".equals(message.get("action"))) {
                clears.add(message);
            } else if (message.get("state") instanceof Map<?, ?> state && state.containsKey("id")) {
                messages.computeIfAbsent(key(state), k -> new ArrayList<>()).add(message);
            }
        }
    }

    /** States compared by what cannot change. */
    int states() {
        return states;
    }

    /** States compared also by what changes. */
    int moments() {
        return moments;
    }

    /** States that only one of both has, for a reason given above. */
    int excused() {
        return excused;
    }

    List<String> failures() {
        return failures;
    }

    void compare(
            Snapshot snapshot, List<Map<String, Object>> listed, List<Map<String, Object>> table) {
        Map<Object, Map<String, Object>> mirrored = new HashMap<>();
        table.forEach(state -> mirrored.put(key(state), state));
        for (Map<String, Object> state : listed) {
            Map<String, Object> mine = mirrored.remove(key(state));
            List<Map<String, Object>> history = messages.getOrDefault(key(state), List.of());
            if (mine != null) {
                compare(snapshot, history, state, mine);
            } else if (history.stream().noneMatch(m -> isWhole(m) && time(m) <= snapshot.at())) {
                excused++;
            } else {
                failures.add(snapshot.name() + ": not in the table: " + state);
            }
        }
        for (Map.Entry<Object, Map<String, Object>> extra : mirrored.entrySet()) {
            if (isRemovedSoon(extra.getKey(), extra.getValue(), snapshot.at())
                    || isClearedSilently(extra.getValue(), snapshot)) {
                excused++;
            } else {
                failures.add(snapshot.name() + ": not listed: " + extra.getValue());
            }
        }
    }

    private boolean isRemovedSoon(Object key, Map<String, Object> state, double at) {
        return messages.getOrDefault(key, List.of()).stream()
                        .anyMatch(m -> isSoon(m, at) && "DEL_C".equals(m.get("action")))
                || clears.stream()
                        .anyMatch(m -> isSoon(m, at) && m.toString().contains(creator(state)));
    }

    private boolean isClearedSilently(Map<String, Object> state, Snapshot snapshot) {
        return clears.stream()
                .anyMatch(
                        clear ->
                                Recording.host(clear).equals(snapshot.host())
                                        && time(clear) <= snapshot.at() + ANNOUNCE_S
                                        && !clear.toString().contains(creator(state)));
    }

    private static String creator(Map<String, Object> state) {
        return String.valueOf(state.get("creatorid"));
    }

    private void compare(
            Snapshot snapshot,
            List<Map<String, Object>> history,
            Map<String, Object> listed,
            Map<String, Object> mine) {
        states++;
        equal(snapshot, IMMUTABLE, listed, mine);
        boolean isOfHost =
                history.stream()
                        .filter(m -> isWhole(m) && time(m) <= snapshot.at())
                        .allMatch(m -> Recording.host(m).equals(snapshot.host()));
        if (isOfHost) {
            equal(snapshot, OF_THE_SENDER, listed, mine);
        }
        boolean isLastWord = history.stream().noneMatch(m -> isSoon(m, snapshot.at()));
        String last =
                history.stream()
                        .filter(m -> time(m) <= snapshot.at())
                        .filter(m -> isWhole(m) || "UPD_C".equals(m.get("action")))
                        .reduce((a, b) -> b)
                        .map(Recording::host)
                        .orElse("");
        if (isLastWord && last.equals(snapshot.host())) {
            moments++;
            equal(snapshot, MOMENTARY, listed, mine);
        }
    }

    private void equal(
            Snapshot snapshot,
            String[] fields,
            Map<String, Object> listed,
            Map<String, Object> mine) {
        for (String field : fields) {
            if (!Objects.equals(listed.get(field), mine.get(field)) || !mine.containsKey(field)) {
                failures.add(
                        String.format(
                                "%s: %s of %s: listed %s, in the table %s",
                                snapshot.name(),
                                field,
                                key(listed),
                                listed.get(field),
                                mine.get(field)));
            }
        }
    }

    private static boolean isWhole(Map<String, Object> message) {
        return "INS".equals(message.get("action")) || "UPD".equals(message.get("action"));
    }

    private static boolean isSoon(Map<String, Object> message, double at) {
        return time(message) > at && time(message) <= at + ANNOUNCE_S;
    }

    private static double time(Map<String, Object> message) {
        return ((BigDecimal) message.get("t")).doubleValue();
    }

    private static Object key(Map<?, ?> state) {
        return List.of(state.get("id"), state.get("creatorid"));
    }

    /**
     * One listing of the kernel's table.
     *
     * @param at Unix time, seconds.
     */
    record Snapshot(String name, String host, double at, int count) {}
}
