package org.pfsyncd.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Compares decoded messages with what the kernel listed.
 *
 * <p>Let M be a message at time m, S the same state in a snapshot of host H at time s.
 *
 * <ol>
 *   <li>M is INS or UPD, any s: what cannot change is equal; the numbers that only have a meaning
 *       on the host that created the state are equal if H sent M. The flags are, but for 0x10 (the
 *       sender waits for an acknowledgement) and, where H did not send M, 0x08 (do not announce).
 *   <li>M is INS or UPD and H sent it: both give the same instant of creation, within the rounding
 *       of two numbers of whole seconds.
 *   <li>The same, and M and S have seen as many packets: no packet fell between them, so M and S
 *       are one moment of the connection. Peers, timeout, bytes are equal, and both give the same
 *       instant of expiry. Not if another host changed the state between m and s.
 *   <li>The same, but S is later and has seen other numbers: it has seen more.
 *   <li>M is INS, UPD, or a UPD_C that H sent, s is after m, nobody says anything about the state
 *       between m and s, and H nothing until a second after s (changes are announced within a
 *       second): peers and timeout are equal.
 * </ol>
 */
final class ListingComparison {
    private static final String[] IMMUTABLE = {
        "ifname", "af", "proto", "direction", "wire", "stack", "rt_addr", "log"
    };
    private static final String[] OF_THE_SENDER = {"rule", "anchor", "nat_rule", "sync_flags"};
    private static final String[] MOMENTARY = {"src", "dst", "timeout", "timeout_name"};
    private static final int FLAG_NOSYNC = 0x08;
    private static final int FLAG_ACK = 0x10;
    private static final double ROUNDING_S = 1.2;
    private static final double ANNOUNCE_S = 1.1;

    private final List<String> failures = new ArrayList<>();
    private int count;

    int count() {
        return count;
    }

    List<String> failures() {
        return failures;
    }

    /** Compares every message with every listing of its state. */
    void compare(List<Map<String, Object>> messages, List<Map<String, Object>> snapshots) {
        Map<Object, List<Map<String, Object>>> byState = new HashMap<>();
        for (Map<String, Object> message : messages) {
            if (message.get("state") instanceof Map<?, ?> state && state.containsKey("id")) {
                byState.computeIfAbsent(key(state), k -> new ArrayList<>()).add(message);
            }
        }
        for (Map<String, Object> snapshot : snapshots) {
            List<Map<String, Object>> history = byState.getOrDefault(key(snapshot), List.of());
            for (int i = 0; i < history.size(); i++) {
                compare(history, i, snapshot);
            }
        }
    }

    /** Compares one full message with one listing, by the first rule only. */
    void compareImmutable(Map<String, Object> message, Map<String, Object> snapshot) {
        Map<?, ?> state = state(message);
        for (String field : IMMUTABLE) {
            equal(field, message, state.get(field), snapshot, snapshot.get(field));
        }
        boolean isSender = Recording.host(message).equals(snapshot.get("host"));
        if (isSender) {
            for (String field : OF_THE_SENDER) {
                equal(field, message, state.get(field), snapshot, snapshot.get(field));
            }
        }
        int stored = ~(isSender ? FLAG_ACK : FLAG_ACK | FLAG_NOSYNC);
        equal(
                "state_flags",
                message,
                number(state, "state_flags").intValue() & stored,
                snapshot,
                number(snapshot, "state_flags").intValue() & stored);
    }

    void compareMomentary(Map<String, Object> message, Map<String, Object> snapshot) {
        for (String field : MOMENTARY) {
            equal(field, message, state(message).get(field), snapshot, snapshot.get(field));
        }
    }

    private void compare(
            List<Map<String, Object>> history, int index, Map<String, Object> snapshot) {
        Map<String, Object> message = history.get(index);
        boolean isFull = message.get("action").equals("INS") || message.get("action").equals("UPD");
        boolean isSender = Recording.host(message).equals(snapshot.get("host"));
        if (isFull) {
            compareImmutable(message, snapshot);
        }
        if (isFull && isSender) {
            compareTimes(history, message, snapshot);
        }
        if ((isFull || (isSender && message.get("action").equals("UPD_C")))
                && isLastWord(history, index, snapshot)) {
            compareMomentary(message, snapshot);
        }
    }

    /** Nobody says anything between the message and the snapshot, the lister nothing after it. */
    private static boolean isLastWord(
            List<Map<String, Object>> history, int index, Map<String, Object> snapshot) {
        double at = time(snapshot, "t_unix");
        return time(history.get(index), "t") < at
                && history.subList(index + 1, history.size()).stream()
                        .noneMatch(
                                next ->
                                        time(next, "t") <= at
                                                || (Recording.host(next)
                                                                .equals(snapshot.get("host"))
                                                        && time(next, "t") <= at + ANNOUNCE_S));
    }

    private void compareTimes(
            List<Map<String, Object>> history,
            Map<String, Object> message,
            Map<String, Object> snapshot) {
        Map<?, ?> state = state(message);
        double m = time(message, "t");
        double s = time(snapshot, "t_unix");
        near(
                "creation",
                message,
                m - number(state, "creation").doubleValue(),
                snapshot,
                s - number(snapshot, "creation").doubleValue());
        if (Objects.equals(state.get("packets"), snapshot.get("packets"))) {
            if (!isChangedByOthers(history, message, Math.min(m, s), Math.max(m, s))) {
                compareMomentary(message, snapshot);
                equal("bytes", message, state.get("bytes"), snapshot, snapshot.get("bytes"));
                near(
                        "expire",
                        message,
                        m + number(state, "expire").doubleValue(),
                        snapshot,
                        s + number(snapshot, "expire").doubleValue());
            }
        } else if (s > m) {
            grown("packets", message, snapshot);
            grown("bytes", message, snapshot);
        }
    }

    private static boolean isChangedByOthers(
            List<Map<String, Object>> history,
            Map<String, Object> message,
            double from,
            double to) {
        return history.stream()
                .filter(other -> !other.get("from").equals(message.get("from")))
                .filter(other -> !other.get("action").equals("UPD_REQ"))
                .anyMatch(other -> time(other, "t") >= from && time(other, "t") <= to);
    }

    private void grown(String field, Map<String, Object> message, Map<String, Object> snapshot) {
        List<?> before = (List<?>) state(message).get(field);
        List<?> after = (List<?>) snapshot.get(field);
        for (int i = 0; i < 2; i++) {
            boolean isMore = ((BigDecimal) after.get(i)).compareTo((BigDecimal) before.get(i)) >= 0;
            check(isMore, field + " shrank", message, before, snapshot, after);
        }
    }

    private void equal(
            String field,
            Map<String, Object> message,
            Object sent,
            Map<String, Object> snapshot,
            Object listed) {
        check(sent != null && sent.equals(listed), field, message, sent, snapshot, listed);
    }

    private void near(
            String field,
            Map<String, Object> message,
            double sent,
            Map<String, Object> snapshot,
            double listed) {
        check(Math.abs(sent - listed) < ROUNDING_S, field, message, sent, snapshot, listed);
    }

    private void check(
            boolean isRight,
            String what,
            Map<String, Object> message,
            Object sent,
            Map<String, Object> snapshot,
            Object listed) {
        count++;
        if (!isRight) {
            failures.add(
                    String.format(
                            "%s of %s: %s at %s says %s, listing \"%s\" says %s",
                            what,
                            key(snapshot),
                            message.get("action"),
                            message.get("t"),
                            sent,
                            snapshot.get("snapshot"),
                            listed));
        }
    }

    private static Map<?, ?> state(Map<String, Object> message) {
        return (Map<?, ?>) message.get("state");
    }

    private static List<?> key(Map<?, ?> state) {
        return List.of(state.get("id"), state.get("creatorid"));
    }

    private static BigDecimal number(Map<?, ?> map, String field) {
        return (BigDecimal) map.get(field);
    }

    private static double time(Map<String, Object> map, String field) {
        return number(map, field).doubleValue();
    }
}
