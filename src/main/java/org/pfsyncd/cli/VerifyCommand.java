package org.pfsyncd.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pfsyncd.config.Units;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code verify}: is our table the peer's, state for state? */
@Command(
        name = "verify",
        description = {
            "Counts this node's records again, compares the table with a peer's at one position of"
                    + " both journals, repairs what differs, and compares again.",
            "Exit code 0 only if they are equal."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd verify --peer fw-mirror-2",
            "  pfsyncd verify --peer fw-mirror-2 --timeout 2m --json"
        })
public final class VerifyCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final long POLL_MS = 100;

    @Spec private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            required = true,
            description = "Name of the [[peer]].")
    private String peer;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long to wait for the result (default: ${DEFAULT-VALUE}).")
    private String timeout;

    @Option(names = "--json", description = "One JSON object.")
    private boolean isJson;

    @Override
    public Integer call() throws IOException {
        long timeoutSeconds =
                Units.seconds(timeout)
                        .orElseThrow(
                                () ->
                                        new Failure(
                                                USAGE,
                                                "--timeout "
                                                        + timeout
                                                        + " is not a duration; give one such as"
                                                        + " 30s or 2m"));
        if (peer.isEmpty()) {
            throw new Failure(USAGE, "--peer is empty; give the name of a [[peer]]");
        }
        try (ControlClient client = Clients.connect(config)) {
            client.ask(Request.verify(peer, 0));
            Map<String, String> started = Fields.of(Clients.checked(client.line()));
            long round = Long.parseLong(Fields.required(started, "round"));
            return result(await(client, round, timeoutSeconds), timeoutSeconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /** The answer that says done, or the last one before the deadline. */
    private String await(ControlClient client, long round, long timeoutSeconds)
            throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long startNs = SystemClocks.nowNs();
        long timeoutNs = TimeUnit.SECONDS.toNanos(timeoutSeconds);
        while (true) {
            client.ask(Request.verify(peer, round));
            String line = Clients.checked(client.line());
            Map<String, String> answer = Fields.of(line);
            long waitedNs = SystemClocks.nowNs() - startNs;
            boolean isLast = isTrue(answer, "done") || waitedNs >= timeoutNs;
            showProgress(isLast ? "" : progress(answer, waitedNs));
            if (isLast) {
                return line;
            }
            never.await(POLL_MS, TimeUnit.MILLISECONDS);
        }
    }

    private int result(String line, long timeoutSeconds) throws IOException {
        Map<String, String> answer = Fields.of(line);
        boolean isDone = isTrue(answer, "done");
        if (isJson) {
            out().println(line);
        } else if (isDone) {
            out().println(Fields.required(answer, "text"));
        } else {
            out().println(
                            "NOT equal: no result within "
                                    + timeoutSeconds
                                    + " s, peer "
                                    + peer
                                    + note(answer)
                                    + "; see: pfsyncd status, or give a longer --timeout");
        }
        return isDone && isTrue(answer, "equal") ? 0 : FAILED;
    }

    private String progress(Map<String, String> answer, long waitedNs) throws IOException {
        return "verifying with " + peer + ", " + waitedNs / 1_000_000_000 + " s" + note(answer);
    }

    private static String note(Map<String, String> answer) throws IOException {
        String note = Fields.required(answer, "note");
        return note.isEmpty() ? "" : ", " + note;
    }

    private static boolean isTrue(Map<String, String> answer, String name) throws IOException {
        return Fields.required(answer, name).equals("true");
    }

    /** One line that is written over; nothing where nobody looks. */
    @SuppressWarnings("SystemConsoleNull") // JDK 25 gives null again where there is no terminal
    private void showProgress(String text) {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            spec.commandLine().getErr().print("\r\033[K" + text);
            spec.commandLine().getErr().flush();
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
