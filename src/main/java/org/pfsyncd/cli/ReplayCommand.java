package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code replay}: rebuilds the table from the journal and prints or compares its digest. */
@Command(
        name = "replay",
        description =
                "Rebuilds the table from the journal, whole or up to a point, and prints its"
                        + " digest.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd replay",
            "  pfsyncd replay --at 2026-11-24T03:00:00Z",
            "  pfsyncd replay --incarnation 7 --sequence 4711",
            "  pfsyncd replay --expect $(pfsyncd status --json | jq -r .digest)    exit code 1 if"
                    + " it differs"
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final int USAGE = 2;

    @Mixin private ConfigOption config;

    @Option(names = "--json", description = "One JSON object.")
    private boolean isJson;

    @Option(names = "--at", paramLabel = "TIME", description = "Stop at this instant.")
    private String at;

    @Option(names = "--incarnation", paramLabel = "N", description = "Stop in this incarnation.")
    private long incarnation;

    @Option(
            names = "--sequence",
            paramLabel = "N",
            description = "Stop behind this sequence of the incarnation.")
    private long sequence = Long.MAX_VALUE;

    @Option(
            names = "--expect",
            paramLabel = "DIGEST",
            description = "Compare; exit code 1 if the digest differs.")
    private String expected;

    @Override
    public Integer call() throws IOException {
        long startedNs = SystemClocks.nowNs();
        Replayed replayed = Replays.replay(config, limit());
        try {
            double seconds = (SystemClocks.nowNs() - startedNs) / 1e9;
            String digest = String.format(Locale.ROOT, "%016x", replayed.table().digest());
            if (isJson) {
                printJson(replayed, digest, seconds);
            } else {
                print(replayed, digest, seconds);
            }
            return expected == null || expected.equals(digest) ? 0 : 1;
        } finally {
            replayed.table().close();
        }
    }

    private ReplayLimit limit() {
        if (sequence != Long.MAX_VALUE && incarnation == 0) {
            throw new Failure(
                    USAGE, "--sequence needs --incarnation: each incarnation counts from 1");
        }
        if (at != null) {
            return ReplayLimit.atTime(Replays.time(at));
        }
        return incarnation == 0 ? ReplayLimit.NONE : ReplayLimit.atSequence(incarnation, sequence);
    }

    private void print(Replayed replayed, String digest, double seconds) {
        System.out.printf(
                Locale.ROOT,
                "digest      %s%s%n",
                digest,
                expected == null
                        ? ""
                        : expected.equals(digest)
                                ? " (as expected)"
                                : " (expected " + expected + ")");
        System.out.printf(
                Locale.ROOT,
                "states      %,d%s%n",
                replayed.table().size(),
                replayed.isIncomplete() ? " (INCOMPLETE: documents are missing)" : "");
        System.out.printf(
                Locale.ROOT,
                "up to       incarnation %d, sequence %,d, %s%n",
                replayed.incarnation(),
                replayed.sequence(),
                java.time.Instant.ofEpochMilli(replayed.timeMs()));
        System.out.printf(
                Locale.ROOT,
                "read        %,d documents, %,d deltas in %.2f s%n",
                replayed.documents(),
                replayed.deltas(),
                seconds);
        System.out.println(
                "end         "
                        + (replayed.isEndProven()
                                ? "proven"
                                : "not proven: no clean close and no ring; what a reboot or power"
                                        + " loss took is not known"));
        if (!replayed.lossReport().isEmpty()) {
            System.out.println("lost        " + replayed.lossReport());
        }
    }

    private static void printJson(Replayed replayed, String digest, double seconds)
            throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("digest", digest);
            json.writeNumberField("states", replayed.table().size());
            json.writeNumberField("incarnation", replayed.incarnation());
            json.writeNumberField("sequence", replayed.sequence());
            json.writeNumberField("t", replayed.timeMs() / 1000.0);
            json.writeNumberField("documents", replayed.documents());
            json.writeNumberField("deltas", replayed.deltas());
            json.writeNumberField("seconds", seconds);
            json.writeBooleanField("end_proven", replayed.isEndProven());
            json.writeBooleanField("incomplete", replayed.isIncomplete());
            json.writeStringField("losses", replayed.lossReport());
            json.writeEndObject();
        }
        System.out.println(text);
    }
}
