package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import org.pfsyncd.doctor.Finding;
import org.pfsyncd.doctor.Report;

/** Prints a report: one screen of text, or JSON with one object a line. Stateless. */
final class DoctorText {
    private static final int FINGERPRINT_SHOWN = 8;

    private DoctorText() {}

    static void print(Report report, PrintWriter out) {
        String where =
                report.segment().syncdev().isEmpty() ? "" : " on " + report.segment().syncdev();
        out.printf(
                Locale.ROOT,
                "%s%s: %s; %,d packets of %d sender%s in %.1f s%n",
                report.segment().name(),
                where,
                report.isHealthy()
                        ? "healthy"
                        : report.findings().size()
                                + (report.findings().size() == 1 ? " fault" : " faults"),
                report.observations().frames(),
                report.senders().size(),
                report.senders().size() == 1 ? "" : "s",
                report.observations().seconds());
        for (Report.Sender sender : report.senders()) {
            out.printf(
                    Locale.ROOT,
                    "  %-15s %-4s %,d packets%s%s%n",
                    sender.address(),
                    sender.dialect(),
                    sender.frames(),
                    sender.messages().isEmpty() ? "" : ": " + sender.messages(),
                    sender.fingerprint().isEmpty()
                            ? ""
                            : "; rules " + sender.fingerprint().substring(0, FINGERPRINT_SHOWN));
        }
        for (Finding finding : report.findings()) {
            print(finding, out);
        }
        for (String note : report.notes()) {
            out.println("  note   " + note);
        }
        out.flush();
    }

    private static void print(Finding finding, PrintWriter out) {
        out.printf("FAULT %s %s%n", finding.fault().code(), finding.sender());
        out.println("  seen   " + finding.seen());
        out.println("  means  " + finding.means());
        for (String step : finding.next()) {
            out.println("  next   " + step);
        }
    }

    /** A line for each finding, then one for the segment. */
    static void printJson(Report report, PrintWriter out) throws IOException {
        for (Finding finding : report.findings()) {
            out.println(object(json -> write(json, report, finding)));
        }
        out.println(object(json -> write(json, report)));
        out.flush();
    }

    private static void write(JsonGenerator json, Report report, Finding finding)
            throws IOException {
        json.writeStringField("group", report.segment().name());
        json.writeStringField("fault", finding.fault().code());
        json.writeStringField("sender", finding.sender());
        json.writeStringField("value", finding.value());
        json.writeStringField("limit", finding.limit());
        json.writeStringField("seen", finding.seen());
        json.writeStringField("means", finding.means());
        json.writeArrayFieldStart("next");
        for (String step : finding.next()) {
            json.writeString(step);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Report report) throws IOException {
        json.writeStringField("group", report.segment().name());
        json.writeStringField("syncdev", report.segment().syncdev());
        json.writeBooleanField("healthy", report.isHealthy());
        json.writeNumberField("faults", report.findings().size());
        json.writeNumberField("seconds", report.observations().seconds());
        json.writeNumberField("packets", report.observations().frames());
        json.writeArrayFieldStart("senders");
        for (Report.Sender sender : report.senders()) {
            json.writeStartObject();
            json.writeStringField("address", sender.address());
            json.writeStringField("dialect", sender.dialect());
            json.writeNumberField("packets", sender.frames());
            json.writeStringField("messages", sender.messages());
            json.writeStringField("fingerprint", sender.fingerprint());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("notes");
        for (String note : report.notes()) {
            json.writeString(note);
        }
        json.writeEndArray();
    }

    private static String object(Writing fields) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    @FunctionalInterface
    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }
}
