package org.pfsyncd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code decode --json} of every recording against what the real kernel listed and counted; the
 * rules are those of {@link ListingComparison}.
 */
class DecodeRecordingsTest {
    private static final String CASES = "22-accept-reject";

    private static final BigDecimal END = new BigDecimal(Integer.MAX_VALUE);

    /**
     * The kernel counts what a region announces before it looks; it counts nothing while pf or
     * pfsync are off.
     */
    private static final List<String> COUNTED_OTHERWISE =
            List.of("INS count 5 but only 1 state present", "pf off: INS", "pfsync0 down: INS");

    /**
     * Fewest comparisons with listings: fewer, and the test has stopped looking. The sets 01, 21
     * and 23b have no listings.
     */
    private static final Map<String, Integer> COMPARISONS =
            Map.ofEntries(
                    Map.entry("02-tcp-life", 232),
                    Map.entry("03-udp", 264),
                    Map.entry("04-icmp", 108),
                    Map.entry("05-ipv6", 440),
                    Map.entry("06-nat", 624),
                    Map.entry("07-rdr-binat", 256),
                    Map.entry("08-many-flows", 11320),
                    Map.entry("09-if-bound", 214),
                    Map.entry("10-clear-and-kill", 628),
                    Map.entry("12-update-requests", 5960),
                    Map.entry("12b-bulk-600-states", 14400),
                    Map.entry("13-ins-ack", 103),
                    Map.entry("14-unicast-syncpeer", 144),
                    Map.entry("15-stale-updates", 8),
                    Map.entry("16-maxupd-1", 36),
                    Map.entry("16-maxupd-128", 36),
                    Map.entry("16-maxupd-4", 36),
                    Map.entry("17-two-hosts-bulk", 3192),
                    Map.entry("22-accept-reject", 533),
                    Map.entry("24-defer", 280),
                    Map.entry("24b-defer-corrected-kernel", 1688),
                    Map.entry("24c-defer-two-hosts", 884),
                    Map.entry("25-pfsync-down-up", 96),
                    Map.entry("26-replay-into-host", 2410),
                    Map.entry("27-two-hosts-live", 1092),
                    Map.entry("28-route-to-reply-to", 144),
                    Map.entry("29-tcp-half-open-reset-other", 668),
                    Map.entry("30-state-flags", 240));

    static Stream<String> recordings() throws IOException {
        return Recording.names();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void shouldAgreeWithTheListings(String name) {
        Recording recording = new Recording(name);
        ListingComparison comparison = new ListingComparison();
        if (name.equals(CASES)) {
            compareCases(recording, comparison);
        } else {
            comparison.compare(recording.messages(), recording.states());
        }
        System.out.println(name + ": " + comparison.count() + " comparisons with listings");
        assertEquals(List.of(), comparison.failures());
        assertTrue(
                comparison.count() >= COMPARISONS.getOrDefault(name, 0),
                () -> name + ": only " + comparison.count() + " comparisons");
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void shouldFindThePacketsThatTheDescriptionLists(String name) throws IOException {
        Recording recording = new Recording(name);
        if (name.equals(CASES)) {
            return; // Its list shows what the refused packets announce: see the next test but one.
        }
        List<String> listed = recording.packets();
        List<String> decoded = packets(recording.messages());
        System.out.println(name + ": " + listed.size() + " packets of the description");
        if (recording.isPacketListCut()) {
            assertTrue(decoded.size() > listed.size());
            decoded = decoded.subList(0, listed.size());
        }
        assertFalse(listed.isEmpty(), "no packets in the description");
        assertEquals(listed.stream().map(DecodeRecordingsTest::listed).toList(), decoded);
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void shouldCountActionsAsTheKernelDid(String name) {
        Recording recording = new Recording(name);
        List<Map<String, Object>> messages = recording.messages();
        Map<String, Map<String, Object>> lastOfHost = new TreeMap<>();
        int count = 0;
        for (Map<String, Object> now : recording.stats()) {
            Map<String, Object> before = lastOfHost.put((String) now.get("host"), now);
            if (before != null) {
                assertEquals(delta(before, now, "oacts"), counts(messages, before, now, true));
                assertEquals(delta(before, now, "iacts"), counts(messages, before, now, false));
                count += 2;
            }
        }
        System.out.println(name + ": " + count + " histograms of the kernel");
    }

    @Test
    void shouldFindTheMessagesThatTheKernelCountedInEachCase() {
        Recording recording = new Recording(CASES);
        List<Map<String, Object>> cases = recording.cases();
        List<Map<String, Object>> messages = recording.messages();
        for (int i = 0; i < cases.size(); i++) {
            if (COUNTED_OTHERWISE.contains(cases.get(i).get("case"))) {
                continue;
            }
            BigDecimal from = (BigDecimal) cases.get(i).get("t_unix");
            BigDecimal to =
                    i + 1 < cases.size() ? (BigDecimal) cases.get(i + 1).get("t_unix") : END;
            assertEquals(
                    histogram((Map<?, ?>) cases.get(i).get("counters")),
                    counted(messages, from, to),
                    "case " + cases.get(i).get("case"));
        }
    }

    @Test
    void shouldNoticeASingleWrongNumber() {
        Recording recording = new Recording("02-tcp-life");
        List<Map<String, Object>> messages = recording.messages();
        Map<String, Object> right = recording.states().get(0);
        assertFalse(isNoticed(messages, right), "the listing as it is");
        for (String field : List.of("ifname", "proto", "direction", "rt_addr", "rule", "timeout")) {
            Map<String, Object> wrong = new LinkedHashMap<>(right);
            wrong.put(field, "wrong");
            assertTrue(isNoticed(messages, wrong), field);
        }
        for (String field : List.of("wire", "stack", "src", "dst")) {
            Map<String, Object> wrong = new LinkedHashMap<>(right);
            Map<String, Object> inner = new LinkedHashMap<>();
            ((Map<?, ?>) right.get(field)).forEach((k, v) -> inner.put((String) k, v));
            inner.replaceAll(
                    (k, v) -> v instanceof BigDecimal number ? number.add(BigDecimal.ONE) : v);
            wrong.put(field, inner);
            assertTrue(isNoticed(messages, wrong), field);
        }
        for (String field : List.of("creation", "expire")) {
            Map<String, Object> wrong = new LinkedHashMap<>(right);
            wrong.put(field, ((BigDecimal) right.get(field)).add(BigDecimal.valueOf(3)));
            assertTrue(isNoticed(messages, wrong), field);
        }
    }

    private static boolean isNoticed(
            List<Map<String, Object>> messages, Map<String, Object> snapshot) {
        ListingComparison comparison = new ListingComparison();
        comparison.compare(messages, List.of(snapshot));
        assertTrue(comparison.count() > 0);
        return !comparison.failures().isEmpty();
    }

    /** Ids are reused between cases, so a listing belongs to the messages of its own case. */
    private static void compareCases(Recording recording, ListingComparison comparison) {
        List<Map<String, Object>> cases = recording.cases();
        List<Map<String, Object>> messages = recording.messages();
        for (int i = 0; i < cases.size(); i++) {
            BigDecimal from = (BigDecimal) cases.get(i).get("t_unix");
            BigDecimal to =
                    i + 1 < cases.size() ? (BigDecimal) cases.get(i + 1).get("t_unix") : END;
            for (Object item : (List<?>) cases.get(i).getOrDefault("new_states", List.of())) {
                Map<String, Object> listed = new LinkedHashMap<>();
                ((Map<?, ?>) item).forEach((k, v) -> listed.put((String) k, v));
                listed.put("snapshot", cases.get(i).get("case"));
                messages.stream()
                        .filter(message -> isWithin(message, from, to))
                        .filter(message -> isAbout(message, listed))
                        .forEach(
                                message -> {
                                    comparison.compareImmutable(message, listed);
                                    comparison.compareMomentary(message, listed);
                                });
            }
        }
    }

    private static boolean isAbout(Map<String, Object> message, Map<String, Object> listed) {
        return message.get("state") instanceof Map<?, ?> state
                && listed.get("id").equals(state.get("id"))
                && state.containsKey("wire");
    }

    private static boolean isWithin(Map<String, Object> message, BigDecimal from, BigDecimal to) {
        BigDecimal at = (BigDecimal) message.get("t");
        return at.compareTo(from) > 0 && at.compareTo(to) <= 0;
    }

    /** {@code FROM>TO ACTION:COUNT …} of each packet; what was refused counts by its action. */
    private static List<String> packets(List<Map<String, Object>> messages) {
        List<String> packets = new ArrayList<>();
        Map<String, Integer> regions = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            Map<String, Object> message = messages.get(i);
            regions.merge((String) message.get("action"), 1, Integer::sum);
            boolean isLast =
                    i + 1 == messages.size()
                            || !messages.get(i + 1).get("t").equals(message.get("t"))
                            || !messages.get(i + 1).get("from").equals(message.get("from"));
            if (isLast) {
                StringBuilder line = new StringBuilder();
                line.append(message.get("from")).append('>').append(message.get("to"));
                regions.forEach((k, v) -> line.append(' ').append(k).append(':').append(v));
                packets.add(line.toString());
                regions.clear();
            }
        }
        return packets;
    }

    private static String listed(String line) {
        return line.trim()
                .replaceFirst("^\\S+ ", "")
                .replaceFirst(" iplen=.* ck=\\S+", "")
                .replaceFirst(" EOF:1$", "");
    }

    private static Map<String, Integer> histogram(Map<?, ?> counters) {
        Map<String, Integer> histogram = new TreeMap<>();
        Map<?, ?> received = (Map<?, ?>) counters.get("iacts");
        if (received != null) {
            received.forEach((k, v) -> histogram.put((String) k, ((BigDecimal) v).intValueExact()));
        }
        histogram.remove("EOF");
        return histogram;
    }

    /** Messages of the peer by action, those refused for their values included. */
    private static Map<String, Integer> counted(
            List<Map<String, Object>> messages, BigDecimal from, BigDecimal to) {
        Map<String, Integer> counts = new TreeMap<>();
        messages.stream()
                .filter(message -> isWithin(message, from, to))
                .filter(message -> Recording.host(message).equals("peer"))
                .filter(message -> !message.containsKey("ttl") && message.containsKey("action"))
                .filter(message -> String.valueOf(message.get("version")).equals("5"))
                .forEach(message -> counts.merge((String) message.get("action"), 1, Integer::sum));
        return counts;
    }

    private static Map<String, Integer> delta(
            Map<String, Object> before, Map<String, Object> now, String histogram) {
        Map<?, ?> old = (Map<?, ?>) ((Map<?, ?>) before.get("pfsyncstats")).get(histogram);
        Map<String, Integer> delta = new TreeMap<>();
        ((Map<?, ?>) ((Map<?, ?>) now.get("pfsyncstats")).get(histogram))
                .forEach(
                        (action, value) -> {
                            int more =
                                    ((BigDecimal) value)
                                            .subtract((BigDecimal) old.get(action))
                                            .intValueExact();
                            // The end-of-frame mark is no message.
                            if (more != 0 && !action.equals("EOF")) {
                                delta.put((String) action, more);
                            }
                        });
        return delta;
    }

    private static Map<String, Integer> counts(
            List<Map<String, Object>> messages,
            Map<String, Object> before,
            Map<String, Object> now,
            boolean isSent) {
        BigDecimal from = (BigDecimal) before.get("t_unix");
        BigDecimal to = (BigDecimal) now.get("t_unix");
        Map<String, Integer> counts = new TreeMap<>();
        messages.stream()
                .filter(message -> isWithin(message, from, to))
                .filter(message -> isSent == Recording.host(message).equals(now.get("host")))
                .forEach(message -> counts.merge((String) message.get("action"), 1, Integer::sum));
        return counts;
    }
}
