package org.pfsyncd.doctor;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pfsyncd.doctor.SenderFacts.StateId;

/**
 * Requests that were heard and what became of them (spec pfsync.md sections 7.6 and 12). Bounded;
 * owned by the thread that listens.
 */
final class Requests {
    private static final int LIMIT = 10_000;
    private static final int BULK_LIMIT = 64;

    /** A request this old should have been answered: kernels need milliseconds, pfsyncd 3 s. */
    private static final long PATIENCE_NS = 4_000_000_000L;

    /** Or this many of them, over a second: they are repeated every 2 s or 5 s. */
    private static final int PATIENCE_COUNT = 3;

    /** FreeBSD's request may wait that long for company, and leave behind its answer (25). */
    private static final long LATE_NS = 5_000_000_000L;

    private static final long SECOND_NS = 1_000_000_000L;

    private final Map<String, Bulk> bulks = new LinkedHashMap<>();
    private final Map<StateId, String> speakers = new HashMap<>();
    private final Map<StateId, Single> singles = new HashMap<>();

    private String lastHolder = "";
    private long answeredNs;

    void bulk(long nowNs, String requester) {
        Bulk bulk = bulks.get(requester);
        if (bulk == null) {
            boolean isLate =
                    !lastHolder.isEmpty()
                            && !lastHolder.equals(requester)
                            && nowNs - answeredNs < LATE_NS;
            if (isLate || bulks.size() >= BULK_LIMIT) {
                return;
            }
            bulk = new Bulk(nowNs);
            bulks.put(requester, bulk);
        }
        bulk.lastNs = nowNs;
        bulk.count++;
    }

    /**
     * START or END, from whomever: any ends everybody else's wait.
     *
     * @return whether somebody was waiting.
     */
    boolean answered(long nowNs, String holder) {
        lastHolder = holder;
        answeredNs = nowNs;
        return bulks.keySet().removeIf(requester -> !requester.equals(holder));
    }

    /** Requesters whose bulk requests were not answered in time, and how often each asked. */
    Map<String, Integer> unanswered(long endNs) {
        Map<String, Integer> found = new LinkedHashMap<>();
        bulks.forEach(
                (requester, bulk) -> {
                    boolean isOld = endNs - bulk.firstNs >= PATIENCE_NS;
                    boolean isRepeated =
                            bulk.count >= PATIENCE_COUNT && bulk.lastNs - bulk.firstNs >= SECOND_NS;
                    if (isOld || isRepeated) {
                        found.put(requester, bulk.count);
                    }
                });
        return found;
    }

    /** Who speaks of a state has it. */
    void speaks(StateId state, String sender) {
        if (speakers.containsKey(state) || speakers.size() < LIMIT) {
            speakers.put(state, sender);
        }
    }

    void single(long nowNs, StateId state, String requester) {
        String speaker = speakers.get(state);
        if (speaker != null && !speaker.equals(requester) && singles.size() < LIMIT) {
            singles.putIfAbsent(state, new Single(speaker, nowNs));
        }
    }

    /** The state was sent in full, or is gone. */
    void settled(StateId state) {
        singles.remove(state);
    }

    void cleared(int creatorId) {
        singles.keySet().removeIf(state -> state.creatorId() == creatorId);
        speakers.keySet().removeIf(state -> state.creatorId() == creatorId);
    }

    /** By whom: how many states were asked for at least a second ago and not sent. */
    Map<String, Integer> unansweredSingles(long endNs) {
        Map<String, Integer> found = new LinkedHashMap<>();
        singles.values().stream()
                .filter(single -> endNs - single.atNs >= SECOND_NS)
                .forEach(single -> found.merge(single.holder, 1, Integer::sum));
        return found;
    }

    private static final class Bulk {
        private final long firstNs;
        private long lastNs;
        private int count;

        Bulk(long firstNs) {
            this.firstNs = firstNs;
        }
    }

    private record Single(String holder, long atNs) {}
}
