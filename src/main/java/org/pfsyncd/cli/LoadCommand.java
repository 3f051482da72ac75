package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pfsyncd.config.Units;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.FileRequest;
import org.pfsyncd.control.TableEditor;
import org.pfsyncd.text.SavedStateWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code load}: states from a file into the daemon's table. */
@Command(
        name = "load",
        description = {
            "Loads states from a file of save or of pfctl -S into the running daemon. A load"
                    + " changes nothing that the table knows later or better, and removes nothing.",
            "Loaded states are unconfirmed: shown, but not given to anybody until a firewall"
                    + " vouches for them, and swept if none does. --reseed changes that.",
            "Exit code 0 only if the table has every state of the file now."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd load --dry-run states.ndjson",
            "  pfsyncd load --group lan --saved-at 2026-11-24T03:00:00Z states.pf",
            "  pfsyncd load --reseed --max-outage 2m states.ndjson",
            "",
            "--reseed is for a firewall pair that lost its states a moment ago. A connection that"
                    + " ended since",
            "the file was written is a hole while it stands there; hence the maximum outage."
        })
public final class LoadCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** Characters that a request needs besides its states. */
    private static final int REQUEST_OVERHEAD = 1_000;

    @Spec private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Mixin private RealmOptions realm;

    @Parameters(paramLabel = "FILE", description = "File to read.")
    private Path path;

    @Option(
            names = "--format",
            description = "ndjson, raw264 or raw242 (default: what the file looks like).")
    private FileFormat format;

    @Option(names = "--dry-run", description = "Judge every state, change nothing.")
    private boolean isDryRun;

    @Option(names = "--reseed", description = "Loaded states count as confirmed.")
    private boolean isReseed;

    @Option(
            names = "--max-outage",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "With --reseed: oldest file that is taken (default: ${DEFAULT-VALUE}).")
    private String maxOutage;

    @Option(
            names = "--saved-at",
            paramLabel = "TIME",
            description = "When the file was saved; a raw file does not say (default: now).")
    private String savedAt;

    @Option(
            names = "--partial",
            description = "Load what is there of a file that is cut off or was edited.")
    private boolean isPartial;

    @Option(names = "--json", description = "One JSON object.")
    private boolean isJson;

    private final JsonFactory factory = new JsonFactory();
    private final List<String> states = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private int stateBytes;
    private ControlClient client;
    private LoadReport report;
    private String chosen;
    private long savedMs;

    @Override
    public Integer call() throws IOException {
        long outageMs = 1_000 * seconds(maxOutage);
        long givenMs = savedAt == null ? -1 : Replays.time(savedAt);
        try (StateFile file = StateFile.open(path, format)) {
            boolean isRaw = file instanceof RawFile;
            chosen = isRaw ? realm.needed(config.load()) : realm.chosen(config.load());
            check(file);
            try (ControlClient daemon = Clients.connect(config)) {
                client = daemon;
                long nowMs = open();
                savedMs = givenMs >= 0 ? givenMs : file.savedMs() >= 0 ? file.savedMs() : nowMs;
                checkAge(givenMs >= 0 || file.savedMs() >= 0, nowMs, outageMs);
                if (file instanceof RawFile raw) {
                    raw.agesFrom(savedMs);
                }
                return load(file);
            }
        }
    }

    private static long seconds(String duration) {
        return Units.seconds(duration)
                .orElseThrow(
                        () ->
                                new Failure(
                                        USAGE,
                                        "--max-outage "
                                                + duration
                                                + " is not a duration; give one such as 30s or"
                                                + " 2m"));
    }

    /**
     * Reads the file once before anything is loaded, so that a broken one is not loaded by half.
     */
    private void check(StateFile file) throws IOException {
        long count = 0;
        while (file.next()) {
            count++;
        }
        String flaw = file.flaw();
        if (flaw != null && !isPartial) {
            throw new Failure(
                    FAILED,
                    path
                            + ": "
                            + flaw
                            + "; nothing was loaded. --partial loads what is there: "
                            + count
                            + " "
                            + file.unit()
                            + "s");
        }
        file.rewind();
    }

    /** An empty load: the daemon's time, or why it takes none. */
    private long open() throws IOException {
        client.ask(FileRequest.load(List.of(), chosen, 0, isReseed, true));
        String answer = Clients.checked(client.line());
        return Long.parseLong(Fields.required(Fields.of(answer), "now_ms"));
    }

    private void checkAge(boolean isKnown, long nowMs, long outageMs) {
        if (!isReseed) {
            return;
        }
        if (!isKnown) {
            throw new Failure(
                    USAGE,
                    path
                            + " does not say when it was saved; --reseed needs to know:"
                            + " give --saved-at TIME");
        }
        long ageMs = nowMs - savedMs;
        if (ageMs > outageMs || ageMs < -outageMs) {
            throw new Failure(
                    FAILED,
                    String.format(
                            Locale.ROOT,
                            "%s was saved %.1f s %s the node's time, and --max-outage is %s;"
                                    + " nothing was loaded. Without --reseed its states come as"
                                    + " unconfirmed",
                            path,
                            Math.abs(ageMs) / 1_000.0,
                            ageMs < 0 ? "ahead of" : "before",
                            maxOutage));
        }
    }

    private int load(StateFile file) throws IOException {
        report = new LoadReport(spec.commandLine().getErr(), file.unit());
        Progress progress =
                new Progress(spec.commandLine().getErr(), isDryRun ? "judged" : "loaded");
        SavedStateWriter writer = new SavedStateWriter(file.names);
        long done = 0;
        try {
            while (file.next()) {
                done++;
                if (file.refusal() == null) {
                    add(line(writer, file), file.number());
                } else {
                    report.unreadable(file);
                }
                progress.at(done, Math.max(done, file.total()));
            }
            send();
        } catch (IOException | RuntimeException e) {
            progress.end();
            spec.commandLine().getErr().println("stopped; until then " + report.text(isDryRun));
            throw e;
        }
        progress.end();
        String text =
                isJson
                        ? report.json(isDryRun, isReseed, progress.seconds())
                        : report.text(isDryRun)
                                + String.format(Locale.ROOT, " in %.1f s", progress.seconds());
        spec.commandLine().getOut().println(text);
        return report.refused() == 0 ? 0 : FAILED;
    }

    private String line(SavedStateWriter writer, StateFile file) throws IOException {
        StringWriter text = new StringWriter(1_500);
        try (JsonGenerator json = factory.createGenerator(text)) {
            writer.write(json, file.record);
        }
        return text.toString();
    }

    private void add(String state, long number) throws IOException {
        int length = state.getBytes(StandardCharsets.UTF_8).length + 1;
        boolean isFull =
                states.size() == TableEditor.BATCH_LIMIT
                        || stateBytes + length > FileRequest.LINE_LIMIT - REQUEST_OVERHEAD;
        if (isFull) {
            send();
        }
        states.add(state);
        numbers.add(number);
        stateBytes += length;
    }

    private void send() throws IOException {
        if (states.isEmpty()) {
            return;
        }
        client.ask(FileRequest.load(states, chosen, savedMs, isReseed, isDryRun));
        report.take(Clients.checked(client.line()), numbers);
        states.clear();
        numbers.clear();
        stateBytes = 0;
    }
}
