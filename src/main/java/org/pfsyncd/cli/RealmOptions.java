package org.pfsyncd.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.PfsyncdConfig;
import picocli.CommandLine.Option;

/** {@code --group} or {@code --realm}, on the verbs that read or change a part of the table. */
final class RealmOptions {
    private static final int USAGE = 2;

    @Option(names = "--group", paramLabel = "NAME", description = "The realm of this [[group]].")
    private String group;

    @Option(names = "--realm", paramLabel = "NAME", description = "This realm.")
    private String realm;

    /** The chosen realm; empty if none was chosen. */
    String chosen(PfsyncdConfig config) {
        if (group != null && realm != null) {
            throw new Failure(USAGE, "--group and --realm say the same thing; give one of them");
        }
        if (group == null) {
            return realm == null ? "" : realm;
        }
        return config.groups().stream()
                .filter(known -> known.name().equals(group))
                .findFirst()
                .orElseThrow(
                        () ->
                                new Failure(
                                        USAGE,
                                        "no group is called "
                                                + group
                                                + "; groups here: "
                                                + config.groups().stream()
                                                        .map(GroupConfig::name)
                                                        .collect(Collectors.joining(" "))))
                .realm();
    }

    /** The chosen realm, or the only one there is: a raw file does not say it. */
    String needed(PfsyncdConfig config) {
        String chosen = chosen(config);
        List<String> realms = config.groups().stream().map(GroupConfig::realm).distinct().toList();
        if (chosen.isEmpty() && realms.size() != 1) {
            throw new Failure(
                    USAGE,
                    "a raw file does not say which realm its states belong to, and there are "
                            + realms.size()
                            + " here"
                            + (realms.isEmpty() ? "" : ": " + String.join(" ", realms))
                            + "; give --group or --realm");
        }
        return chosen.isEmpty() ? realms.get(0) : chosen;
    }
}
