package org.pfsyncd.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of a result.
 *
 * @param label what ran, for example {@code closed loop}.
 * @param floorLabel what the floor was, for example {@code raw-socket echo}.
 * @param floor what the bare machine did in the same run.
 * @param run what pfsyncd did.
 * @param ratio by key of the figures.
 * @param goals targets of the design for this line.
 */
record Row(
        String label,
        String floorLabel,
        Figures floor,
        Figures run,
        Map<String, Ratio> ratio,
        List<Goal> goals) {
    Row {
        ratio = Collections.unmodifiableMap(new LinkedHashMap<>(ratio));
        goals = List.copyOf(goals);
    }

    /** The same line with a target more. */
    Row with(Goal goal) {
        List<Goal> more = new ArrayList<>(goals);
        more.add(goal);
        return new Row(label, floorLabel, floor, run, ratio, more);
    }

    /** Targets with what came out, for example {@code p99 1.42 of 1.5: must met}. */
    List<String> verdicts() {
        List<String> verdicts = new ArrayList<>();
        for (Goal goal : goals) {
            Ratio over = ratio.get(goal.key());
            double value =
                    goal.isRatio() && over != null
                            ? over.median()
                            : run.values().getOrDefault(goal.key(), Double.NaN);
            verdicts.add(
                    goal.key()
                            + " "
                            + Numbers.of(value)
                            + " (must "
                            + Numbers.of(goal.must())
                            + ", aim "
                            + Numbers.of(goal.aim())
                            + "): "
                            + goal.verdict(value));
        }
        return verdicts;
    }
}
