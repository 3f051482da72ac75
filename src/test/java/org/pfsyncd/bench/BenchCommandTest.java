package org.pfsyncd.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {
    @Test
    void shouldNameEveryScenarioInItsHelp() {
        String help = new CommandLine(new BenchCommand()).getUsageMessage();
        for (Scenario scenario : BenchCommand.SCENARIOS) {
            assertTrue(
                    help.lines().anyMatch(line -> line.startsWith("  " + scenario.name() + " ")),
                    scenario.name() + " is missing in:\n" + help);
        }
    }
}
