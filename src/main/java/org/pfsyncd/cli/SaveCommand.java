package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.FileRequest;
import org.pfsyncd.control.SavedStates;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.text.BadStateException;
import org.pfsyncd.text.SavedStateReader;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code save}: the table into a file, of now or as it stood. */
@Command(
        name = "save",
        description = {
            "Saves states to a file: from the daemon, or from the journal if none runs or a time"
                    + " is given.",
            "The file appears whole or not at all, with mode 0640, and replaces nothing without"
                    + " --force."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Formats:",
            "  ndjson   everything, one JSON object a line; load gives back the same table",
            "  raw264   what pfctl -L of OpenBSD reads",
            "  raw242   what pfctl -L of FreeBSD 9 to 13 reads",
            "",
            "Raw files leave out what a firewall must not be given: unconfirmed and ended states,"
                    + " and those",
            "that the format cannot say; they are counted.",
            "",
            "Examples:",
            "  pfsyncd save states.ndjson",
            "  pfsyncd save --format raw264 --group lan states.pf && pfctl -L states.pf",
            "  pfsyncd save --at 2026-11-24T03:00:00Z --address 10.0.0.5 evidence.ndjson"
        })
public final class SaveCommand implements Callable<Integer> {
    private static final String END_PREFIX = "{\"end\":true";
    private static final int SLICES_PER_LOOK = 16;

    @Spec private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Mixin private FilterOptions filter;

    @Mixin private RealmOptions realm;

    @Parameters(paramLabel = "FILE", description = "File to write.")
    private Path file;

    @Option(
            names = "--format",
            defaultValue = "NDJSON",
            description = "ndjson, raw264 or raw242 (default: ndjson).")
    private FileFormat format;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "The table as it stood, e.g. 2026-11-24T03:00:00Z.")
    private String at;

    @Option(names = "--unconfirmed", description = "Raw formats: unconfirmed states too.")
    private boolean withUnconfirmed;

    @Option(names = "--force", description = "Replace FILE if it exists.")
    private boolean isForced;

    @Option(names = "--json", description = "Print the summary as one JSON object.")
    private boolean isJson;

    private RawWriter raw;
    private Writer lines;
    private Progress progress;
    private Summary summary;

    /** What was saved. */
    private record Summary(long savedMs, long count, long unconfirmed, String digest) {}

    @Override
    public Integer call() throws IOException {
        PfsyncdConfig loaded = config.load();
        String chosen = realm.chosen(loaded);
        progress = new Progress(spec.commandLine().getErr(), "saved");
        try (NewFile target = new NewFile(file, isForced)) {
            if (format == FileFormat.NDJSON) {
                lines =
                        new BufferedWriter(
                                new OutputStreamWriter(target.out(), StandardCharsets.UTF_8),
                                1 << 16);
            } else {
                raw = new RawWriter(format.dialect(), withUnconfirmed, target.out());
            }
            if (at == null && Clients.isAlive(config.directories().control())) {
                fromDaemon(chosen);
            } else {
                fromJournal(chosen, loaded.node().name());
            }
            if (lines != null) {
                lines.flush();
            }
            target.commit();
        } finally {
            progress.end();
        }
        print();
        return 0;
    }

    private void fromDaemon(String chosen) throws IOException {
        try (ControlClient client = Clients.connect(config)) {
            client.ask(FileRequest.save(filter.filter(), chosen));
            String head = Clients.checked(client.line());
            Map<String, String> fields = Fields.of(head);
            long savedMs = Long.parseLong(Fields.required(fields, "saved_ms"));
            long total = Long.parseLong(Fields.required(fields, "states"));
            Lines reader = new Lines();
            keep(head);
            String line = Clients.checked(client.line());
            for (long done = 1; !line.startsWith(END_PREFIX); done++) {
                keep(line);
                if (raw != null) {
                    raw.write(reader.record(line), reader.names, savedMs);
                }
                progress.at(done, Math.max(done, total));
                line = Clients.checked(client.line());
            }
            keep(line);
            Map<String, String> end = Fields.of(line);
            summary =
                    new Summary(
                            savedMs,
                            Long.parseLong(Fields.required(end, "count")),
                            Long.parseLong(Fields.required(end, "unconfirmed")),
                            Fields.required(end, "digest"));
        }
    }

    private void keep(String line) throws IOException {
        if (lines != null) {
            lines.write(line);
            lines.write('\n');
        }
    }

    /** Records out of the daemon's lines. */
    private static final class Lines {
        private final NameTable names = new NameTable(0xFFFE);
        private final SavedStateReader reader = new SavedStateReader(names);
        private final JsonFactory factory = new JsonFactory();
        private final StateRecord record =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);

        StateRecord record(String line) throws IOException {
            try (JsonParser json = factory.createParser(line)) {
                json.nextToken();
                reader.read(json, record);
                return record;
            } catch (BadStateException e) {
                throw new IOException(
                        "the daemon sent a state that cannot be read ("
                                + e.getMessage()
                                + "); is it another version? See: pfsyncd status",
                        e);
            }
        }
    }

    /** A dead daemon's table is as old as the last document of its journal. */
    private void fromJournal(String chosen, String node) throws IOException {
        ReplayLimit limit = at == null ? ReplayLimit.NONE : ReplayLimit.atTime(Replays.time(at));
        Replayed replayed = Replays.replay(config, limit);
        try {
            if (replayed.isIncomplete() || !replayed.lossReport().isEmpty()) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "warning: the journal lacks documents, states may be missing or"
                                        + " old; see: pfsyncd replay. "
                                        + replayed.lossReport());
            }
            long savedMs = at == null ? replayed.timeMs() : Replays.time(at);
            NameTable names = replayed.names();
            SavedStates saved = new SavedStates(names, filter.filter(), new JsonFactory());
            long total = replayed.table().size();
            if (lines != null) {
                lines.write(saved.head(node, savedMs, total));
            }
            RecordCopies copies = new RecordCopies();
            for (int i = 0; i < replayed.table().segmentCount(); i++) {
                copies.clear();
                replayed.table().readSegment(i, copies::add);
                saved.slice(
                        copies.bytes(),
                        record -> {
                            if (raw == null) {
                                saved.line(record, lines);
                            } else {
                                raw.write(record, names, savedMs);
                            }
                        },
                        chosen);
                if (i % SLICES_PER_LOOK == 0) {
                    progress.at(saved.count(), total);
                }
            }
            if (lines != null) {
                lines.write(saved.end());
            }
            String digest = String.format(Locale.ROOT, "%016x", saved.digest());
            summary = new Summary(savedMs, saved.count(), saved.unconfirmed(), digest);
        } finally {
            replayed.table().close();
        }
    }

    private void print() throws IOException {
        long written = raw == null ? summary.count : raw.written();
        if (isJson) {
            printJson(written);
            return;
        }
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "saved %,d states as of %s to %s in %.1f s%n",
                        written,
                        java.time.Instant.ofEpochMilli(summary.savedMs),
                        file,
                        progress.seconds());
        if (raw == null) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "digest %s, %,d unconfirmed%n",
                            summary.digest,
                            summary.unconfirmed);
            return;
        }
        for (Map.Entry<String, Long> left : raw.leftOut().entrySet()) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "left out %,d %s%s%n",
                            left.getValue(),
                            left.getKey(),
                            left.getKey().equals("unconfirmed")
                                    ? ": no living source has vouched for them; --unconfirmed"
                                            + " writes them all the same"
                                    : "");
        }
    }

    private void printJson(long written) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("file", file.toString());
            json.writeStringField("format", format.name().toLowerCase(Locale.ROOT));
            json.writeNumberField("saved_ms", summary.savedMs);
            json.writeNumberField("saved", written);
            json.writeNumberField("unconfirmed", summary.unconfirmed);
            if (raw == null) {
                json.writeStringField("digest", summary.digest);
            } else {
                json.writeObjectFieldStart("left_out");
                for (Map.Entry<String, Long> left : raw.leftOut().entrySet()) {
                    json.writeNumberField(left.getKey(), left.getValue());
                }
                json.writeEndObject();
            }
            json.writeNumberField("seconds", progress.seconds());
            json.writeEndObject();
        }
        spec.commandLine().getOut().println(text);
    }
}
