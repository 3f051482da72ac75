package org.pfsyncd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Outcomes as a table for people: on the terminal, and as markdown in the result directory. */
final class TextReport {
    private static final List<String> HEAD =
            List.of("scenario", "what", "", "pfsyncd", "floor", "ratio", "spread", "target");

    private TextReport() {}

    /** A line for each figure of each row, columns aligned. */
    static String table(List<Outcome> outcomes) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEAD);
        outcomes.forEach(outcome -> lines.addAll(lines(outcome)));
        int[] widths = new int[HEAD.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                row.append(padded(line.get(i), widths[i], i >= 3 && i <= 6)).append("  ");
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        outcomes.forEach(outcome -> outcome.notes().forEach(n -> text.append(n).append('\n')));
        return text.toString();
    }

    /** The same as markdown. */
    static String markdown(List<Outcome> outcomes) {
        StringBuilder text = new StringBuilder();
        appendRow(text, HEAD);
        text.append("|---|---|---|--:|--:|--:|--:|---|\n");
        outcomes.forEach(outcome -> lines(outcome).forEach(line -> appendRow(text, line)));
        for (Outcome outcome : outcomes) {
            outcome.notes().forEach(note -> text.append('\n').append(note).append('\n'));
        }
        return text.toString();
    }

    private static void appendRow(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String padded(String cell, int width, boolean isNumber) {
        String space = " ".repeat(width - cell.length());
        return isNumber ? space + cell : cell + space;
    }

    private static List<List<String>> lines(Outcome outcome) {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : outcome.rows()) {
            for (Map.Entry<String, Double> figure : row.run().values().entrySet()) {
                lines.add(line(outcome, row, figure));
            }
        }
        return lines;
    }

    private static List<String> line(Outcome outcome, Row row, Map.Entry<String, Double> figure) {
        String key = figure.getKey();
        Ratio ratio = row.ratio().get(key);
        Double floor = row.floor().values().get(key);
        return List.of(
                outcome.scenario(),
                row.label(),
                key,
                Numbers.of(figure.getValue()) + " " + row.run().unit(),
                floor == null ? "" : Numbers.of(floor) + " " + row.floor().unit(),
                ratio == null ? "" : Numbers.of(ratio.median()),
                ratio == null || ratio.pairs() < 2
                        ? ""
                        : Numbers.of(ratio.least())
                                + " to "
                                + Numbers.of(ratio.most())
                                + " of "
                                + ratio.pairs(),
                target(row, key));
    }

    private static String target(Row row, String key) {
        List<String> found = new ArrayList<>();
        List<String> verdicts = row.verdicts();
        for (int i = 0; i < verdicts.size(); i++) {
            if (row.goals().get(i).key().equals(key)) {
                found.add(verdicts.get(i).substring(key.length() + 1));
            }
        }
        return String.join("; ", found);
    }
}
