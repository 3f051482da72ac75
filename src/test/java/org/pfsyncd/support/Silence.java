package org.pfsyncd.support;

import java.io.OutputStream;
import java.io.PrintStream;

/** No log lines of hundreds of troubled daemons while one of these is open; safe beside others. */
public final class Silence implements AutoCloseable {
    private static PrintStream loud;
    private static int open;

    private Silence() {}

    public static Silence open() {
        begin();
        return new Silence();
    }

    @Override
    public void close() {
        end();
    }

    private static synchronized void begin() {
        if (open++ == 0) {
            loud = System.err;
            System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        }
    }

    private static synchronized void end() {
        if (--open == 0) {
            System.setErr(loud);
        }
    }
}
