package org.pfsyncd.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.pfsyncd.agent.Preload;
import org.pfsyncd.bench.BenchChildCommand;
import org.pfsyncd.bench.BenchCommand;
import org.pfsyncd.control.ProgramVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point: one program, one verb an argument. Exit codes 0 ok, 1 failed, 2 usage. */
@Command(
        name = "pfsyncd",
        description =
                "Mirrors the state tables of pf firewalls, journals every change, and proves it.",
        mixinStandardHelpOptions = true,
        versionProvider = Pfsyncd.Version.class,
        synopsisSubcommandLabel = "VERB",
        footer = {
            "",
            "Examples:",
            "  pfsyncd demo                      see it work, without any configuration",
            "  pfsyncd check -c pfsyncd.toml     is this configuration right?",
            "  pfsyncd run -c pfsyncd.toml       the daemon, in the foreground",
            "  pfsyncd status                    one screen about the running daemon"
        })
public final class Pfsyncd implements Runnable {
    private static final int FAILED = 1;
    private static final String DEBUG_PROPERTY = "pfsyncd.debug";

    /** Verbs in whose process a table is built at once. */
    private static final Set<String> NODES = Set.of("run", "replay", "train");

    private static final Map<String, Class<?>> VERBS = verbs();

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    /** Runs the verb named by the first argument. */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--version")) {
            // Asked by scripts on every run: not worth loading the command line parser for.
            System.out.println(new Version().getVersion()[0]);
            return;
        }
        if (args.length > 0 && args[0].equals("sim")) {
            SimCommand.quiet(); // before any class asks for its logger
        }
        if (args.length > 0 && NODES.contains(args[0])) {
            Preload.start();
        }
        if (args.length == 3 && args[0].equals("run") && args[1].equals("-c")) {
            System.exit(runAtOnce(Path.of(args[2])));
        }
        System.exit(commandLine(args.length == 0 ? "" : args[0]).execute(args));
    }

    /** As service units start it; the parser would take half of the time until it is ready. */
    private static int runAtOnce(Path file) {
        try {
            return RunCommand.run(file);
        } catch (Exception e) {
            return explain(e, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        }
    }

    private static Map<String, Class<?>> verbs() {
        Map<String, Class<?>> verbs = new LinkedHashMap<>();
        verbs.put("run", RunCommand.class);
        verbs.put("demo", DemoCommand.class);
        verbs.put("status", StatusCommand.class);
        verbs.put("states", StatesCommand.class);
        verbs.put("stats", StatsCommand.class);
        verbs.put("tail", TailCommand.class);
        verbs.put("decode", DecodeCommand.class);
        verbs.put("replay", ReplayCommand.class);
        verbs.put("sync", SyncCommand.class);
        verbs.put("save", SaveCommand.class);
        verbs.put("load", LoadCommand.class);
        verbs.put("clear", ClearCommand.class);
        verbs.put("verify", VerifyCommand.class);
        verbs.put("check", CheckCommand.class);
        verbs.put("doctor", DoctorCommand.class);
        verbs.put("sim", SimCommand.class);
        verbs.put("bench", BenchCommand.class);
        verbs.put("train", TrainCommand.class);
        verbs.put("bench-child", BenchChildCommand.class);
        return verbs;
    }

    /** With all verbs, for help and for words that are none. */
    static CommandLine commandLine() {
        return commandLine("");
    }

    /** With one verb where it is known: the parser takes 20 ms to learn of each. */
    static CommandLine commandLine(String verb) {
        CommandLine parser = new CommandLine(new Pfsyncd());
        VERBS.forEach(
                (name, command) -> {
                    if (name.equals(verb) || !VERBS.containsKey(verb)) {
                        parser.addSubcommand(name, command);
                    }
                });
        return parser.setExecutionExceptionHandler((e, line, parsed) -> explain(e, line.getErr()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpLongOptionsMaxWidth(28);
    }

    private static int explain(Exception e, PrintWriter err) {
        if (Boolean.getBoolean(DEBUG_PROPERTY)) {
            e.printStackTrace(err);
        } else if (e instanceof Failure || e instanceof java.io.IOException) {
            err.println(e.getMessage());
        } else {
            err.println(
                    e
                            + "\nThis is a defect: run again with PFSYNCD_JAVA_OPTS=-D"
                            + DEBUG_PROPERTY
                            + "=true and report the trace.");
        }
        return e instanceof Failure failure ? failure.exitCode() : FAILED;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a verb is missing");
    }

    /** Version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"pfsyncd " + ProgramVersion.text()};
        }
    }
}
