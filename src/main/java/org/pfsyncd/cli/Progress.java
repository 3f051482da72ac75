package org.pfsyncd.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;

/** One line that is written over, with a rate and an estimate; nothing where nobody looks. */
final class Progress {
    private static final long INTERVAL_NS = 200_000_000L;

    private final PrintWriter err;
    private final String what;
    private final boolean isShown;
    private final long startNs = SystemClocks.nowNs();
    private long shownNs = startNs;
    private boolean isDirty;

    @SuppressWarnings("SystemConsoleNull") // JDK 25 gives null again where there is no terminal
    Progress(PrintWriter err, String what) {
        this.err = err;
        this.what = what;
        Console console = System.console();
        isShown = console != null && console.isTerminal();
    }

    /** Shows how far it is, five times a second at most. */
    void at(long done, long total) {
        long nowNs = SystemClocks.nowNs();
        if (isShown && nowNs - shownNs >= INTERVAL_NS) {
            shownNs = nowNs;
            isDirty = true;
            err.print("\r\033[K" + text(what, done, total, nowNs - startNs));
            err.flush();
        }
    }

    static String text(String what, long done, long total, long elapsedNs) {
        double perSecond = done / Math.max(1e-9, elapsedNs / 1e9);
        String line =
                String.format(
                        Locale.ROOT, "%s %,d of %,d states, %,.0f/s", what, done, total, perSecond);
        boolean isEstimable = done > 0 && total > done;
        return isEstimable
                ? line + String.format(Locale.ROOT, ", %.0f s left", (total - done) / perSecond)
                : line;
    }

    /** Wipes the line. */
    void end() {
        if (isDirty) {
            err.print("\r\033[K");
            err.flush();
        }
    }

    /** Seconds since it began. */
    double seconds() {
        return (SystemClocks.nowNs() - startNs) / 1e9;
    }
}
