package org.pfsyncd.bench;

import java.util.List;

/**
 * What a run measures in place of the usual, to see what it costs or brings; nothing where a part
 * is empty.
 *
 * @param javaOptions more options for the virtual machines of daemon, load and floor.
 * @param idle strategy of every daemon, or empty: as the scenario has it.
 * @param mode of its threads, or empty: as the scenario has it.
 * @param isPinned the processes of a namespace share one core: the first for a, the second else.
 */
record Trial(String javaOptions, String idle, String mode, boolean isPinned) {
    static final List<String> IDLES = List.of("backoff", "yield", "busy-spin");
    static final List<String> MODES = List.of("shared", "dedicated");

    /** As options of the command, each behind a blank. */
    String options() {
        return (javaOptions.isEmpty() ? "" : " --java-options \"" + javaOptions + "\"")
                + (idle.isEmpty() ? "" : " --idle " + idle)
                + (mode.isEmpty() ? "" : " --mode " + mode)
                + (isPinned ? " --pin" : "");
    }

    String idleOr(String usual) {
        return idle.isEmpty() ? usual : idle;
    }

    String modeOr(String usual) {
        return mode.isEmpty() ? usual : mode;
    }
}
