package org.pfsyncd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pfsyncd.cli.Recording;
import org.pfsyncd.system.TableComparison.Snapshot;

/** The comparison must be able to fail. */
class TableComparisonTest {
    private final Recording recording = new Recording("03-udp");
    private final TableComparison comparison = new TableComparison(recording.messages());
    private final List<Map<String, Object>> listed =
            recording.states().stream()
                    .filter(state -> state.get("snapshot").equals("three-exchanges"))
                    .toList();

    private Snapshot snapshot() {
        double at = ((BigDecimal) listed.get(0).get("t_unix")).doubleValue() + 1.5;
        return new Snapshot("three-exchanges", "A", at, listed.size());
    }

    @Test
    void shouldFindAListingEqualToItself() {
        comparison.compare(snapshot(), listed, listed);
        assertEquals(List.of(), comparison.failures());
        assertEquals(4, comparison.states());
        assertEquals(4, comparison.moments());
    }

    @Test
    void shouldNoticeEachWrongField() {
        for (String field : List.of("ifname", "wire", "rule", "src", "timeout", "rt_addr")) {
            Map<String, Object> wrong = new LinkedHashMap<>(listed.get(0));
            wrong.put(field, "wrong");
            List<Map<String, Object>> table = new ArrayList<>(listed);
            table.set(0, wrong);
            int before = comparison.failures().size();
            comparison.compare(snapshot(), listed, table);
            assertEquals(before + 1, comparison.failures().size(), field);
        }
    }

    @Test
    void shouldNoticeAMissingStateAndOneTooMany() {
        comparison.compare(snapshot(), listed, listed.subList(1, 4));
        assertEquals(1, comparison.failures().size());
        Map<String, Object> extra = new LinkedHashMap<>(listed.get(0));
        extra.put("id", "00000000deadbeef");
        List<Map<String, Object>> table = new ArrayList<>(listed);
        table.add(extra);
        comparison.compare(snapshot(), listed, table);
        assertEquals(2, comparison.failures().size());
    }
}
