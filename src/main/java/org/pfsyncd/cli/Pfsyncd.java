package org.pfsyncd.cli;

import org.pfsyncd.bench.BenchChildCommand;
import org.pfsyncd.bench.BenchCommand;
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
        },
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            StatusCommand.class,
            StatesCommand.class,
            StatsCommand.class,
            TailCommand.class,
            DecodeCommand.class,
            ReplayCommand.class,
            SyncCommand.class,
            SaveCommand.class,
            LoadCommand.class,
            ClearCommand.class,
            VerifyCommand.class,
            CheckCommand.class,
            SimCommand.class,
            BenchCommand.class,
            TrainCommand.class,
            BenchChildCommand.class
        })
public final class Pfsyncd implements Runnable {
    private static final int FAILED = 1;
    private static final String DEBUG_PROPERTY = "pfsyncd.debug";

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
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Pfsyncd())
                .setExecutionExceptionHandler((e, line, parsed) -> explain(e, line))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpLongOptionsMaxWidth(28);
    }

    private static int explain(Exception e, CommandLine line) {
        if (Boolean.getBoolean(DEBUG_PROPERTY)) {
            e.printStackTrace(line.getErr());
        } else if (e instanceof Failure || e instanceof java.io.IOException) {
            line.getErr().println(e.getMessage());
        } else {
            line.getErr()
                    .println(
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
            String built = Pfsyncd.class.getPackage().getImplementationVersion();
            return new String[] {"pfsyncd " + (built == null ? "development" : built)};
        }
    }
}
