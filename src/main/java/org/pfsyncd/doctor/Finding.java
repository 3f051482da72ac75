package org.pfsyncd.doctor;

import java.util.List;

/**
 * One fault that was seen.
 *
 * @param fault which.
 * @param sender whose packets show it: an address, or empty if it is nobody's in particular.
 * @param seen a sentence with the numbers.
 * @param value the one number or name that is wrong.
 * @param limit what it should be.
 * @param means what it means for live connections.
 * @param next steps, with commands.
 */
public record Finding(
        Fault fault,
        String sender,
        String seen,
        String value,
        String limit,
        String means,
        List<String> next) {
    public Finding {
        next = List.copyOf(next);
    }

    /** With the fault's own meaning and steps, in terms of this segment. */
    static Finding of(Fault fault, Segment segment, String sender, Evidence evidence) {
        return new Finding(
                fault,
                sender,
                evidence.seen(),
                evidence.value(),
                evidence.limit(),
                fill(fault.meaning(), segment, sender, evidence),
                fault.steps().stream().map(step -> fill(step, segment, sender, evidence)).toList());
    }

    private static String fill(String text, Segment segment, String sender, Evidence evidence) {
        return text.replace("{syncdev}", segment.syncdev().isEmpty() ? "IF" : segment.syncdev())
                .replace("{sender}", sender.isEmpty() ? "the sender" : sender)
                .replace("{value}", evidence.value());
    }

    /**
     * What was measured.
     *
     * @param seen a sentence.
     * @param value what is wrong.
     * @param limit what it should be.
     */
    record Evidence(String seen, String value, String limit) {}
}
