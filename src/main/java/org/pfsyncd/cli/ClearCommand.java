package org.pfsyncd.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pfsyncd.control.ControlClient;
import org.pfsyncd.control.FileRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code clear}: removes states from the mirror. */
@Command(
        name = "clear",
        description = {
            "Removes states from this node's table, and from those of its pfsyncd peers; the"
                    + " firewalls keep theirs and are told nothing.",
            "A state that a firewall still has comes back a minute later, with its next update or"
                    + " bulk update."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd clear --creator a1b2c3d4 --dry-run    how many would go?",
            "  pfsyncd clear --interface em0 --group lan",
            "  pfsyncd clear --all"
        })
public final class ClearCommand implements Callable<Integer> {
    private static final int USAGE = 2;

    @Spec private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Mixin private FilterOptions filter;

    @Mixin private RealmOptions realm;

    @Option(names = "--all", description = "Clear every state (of the group or realm, if given).")
    private boolean isAll;

    @Option(names = "--dry-run", description = "Only say how many would go.")
    private boolean isDryRun;

    @Option(names = "--json", description = "One JSON object.")
    private boolean isJson;

    @Override
    public Integer call() throws IOException {
        if (!isAll && filter.filter().isAny()) {
            throw new Failure(
                    USAGE,
                    "nothing says which states to clear; give --creator, --interface or another"
                            + " filter, or --all");
        }
        String chosen = realm.chosen(config.load());
        try (ControlClient client = Clients.connect(config)) {
            client.ask(FileRequest.clear(filter.filter(), chosen, isAll, isDryRun));
            String line = Clients.checked(client.line());
            Map<String, String> answer = Fields.of(line);
            long matched = Long.parseLong(Fields.required(answer, "matched"));
            long cleared = Long.parseLong(Fields.required(answer, "cleared"));
            spec.commandLine().getOut().println(isJson ? line : text(matched, cleared));
        }
        return 0;
    }

    private String text(long matched, long cleared) {
        if (isDryRun) {
            return String.format(Locale.ROOT, "would clear %,d states", matched);
        }
        return String.format(
                Locale.ROOT,
                "cleared %,d states%s",
                cleared,
                cleared == matched
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "; %,d more had ended or changed by then",
                                matched - cleared));
    }
}
