package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.pfsyncd.agent.Directories;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import org.pfsyncd.control.StateListing;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.wire.StateRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code states}: the table, as {@code pfctl -ss} prints it; of now, or as it stood. */
@Command(
        name = "states",
        description =
                "Lists states, from the daemon, or from the journal if none runs or a time is"
                        + " given.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd states -v --address 10.0.0.5 --port 443",
            "  pfsyncd states --json --creator a1b2c3d4",
            "  pfsyncd states --at 2026-11-24T03:00:00Z"
        })
public final class StatesCommand implements Callable<Integer> {
    private static final String END_PREFIX = "{\"end\":true";
    private static final String TEXT_PREFIX = "{\"text\":";

    @Mixin private ConfigOption config;

    @Option(names = "--json", description = "One JSON object a state and line.")
    private boolean isJson;

    @Option(names = "-v", description = "Sequence numbers and ages; -vv also ids.")
    private boolean[] verbose = {};

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "The table as it stood, e.g. 2026-11-24T03:00:00Z.")
    private String at;

    @Mixin private FilterOptions filter;

    @Override
    public Integer call() throws IOException {
        Request request = new Request("states", isJson, verbose.length, "", filter.filter());
        Directories directories = config.directories();
        Writer out =
                new BufferedWriter(
                        new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 64 * 1024);
        if (at == null && Clients.isAlive(directories.control())) {
            fromDaemon(request, out);
        } else {
            fromJournal(request, out);
        }
        out.flush();
        return 0;
    }

    private void fromDaemon(Request request, Writer out) throws IOException {
        try (ControlClient client = Clients.connect(config)) {
            client.ask(request);
            String line = Clients.checked(client.line());
            while (!line.startsWith(END_PREFIX)) {
                if (isJson) {
                    out.write(line);
                    out.write('\n');
                } else {
                    out.write(
                            StatusCommand.unquote(
                                    line.substring(TEXT_PREFIX.length(), line.length() - 1)));
                }
                line = Clients.checked(client.line());
            }
        }
    }

    private void fromJournal(Request request, Writer out) throws IOException {
        ReplayLimit limit = at == null ? ReplayLimit.NONE : ReplayLimit.atTime(Replays.time(at));
        Replayed replayed = Replays.replay(config, limit);
        try {
            StateListing listing = new StateListing(replayed.names(), request, new JsonFactory());
            long nowMs = at == null ? SystemClocks.nowMs() : Replays.time(at);
            for (int segment = 0; segment < replayed.table().segmentCount(); segment++) {
                replayed.table().readSegment(segment, record -> print(listing, record, nowMs, out));
            }
        } finally {
            replayed.table().close();
        }
    }

    private static void print(StateListing listing, StateRecord record, long nowMs, Writer out) {
        try {
            listing.print(record, nowMs, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
