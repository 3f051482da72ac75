package org.pfsyncd.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Tells systemd where the daemon stands, if systemd asks ({@code NOTIFY_SOCKET}). The JDK has no
 * datagram Unix sockets, so this goes through {@code systemd-notify}, which every machine with
 * systemd has.
 */
final class ServiceManager {
    private ServiceManager() {}

    static void ready() {
        notify("READY=1");
    }

    static void stopping() {
        notify("STOPPING=1");
    }

    private static void notify(String state) {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        String pid = String.format(Locale.ROOT, "--pid=%d", ProcessHandle.current().pid());
        try {
            new ProcessBuilder(List.of("systemd-notify", pid, state)).inheritIO().start();
        } catch (IOException e) {
            System.err.println("systemd-notify cannot be started: " + e.getMessage());
        }
    }
}
