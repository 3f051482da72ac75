package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The kernel's connection tables of both namespaces, filled and read by conntrack(8). */
final class ConntrackTables {
    private ConntrackTables() {}

    /** What conntrack(8) takes to create an established TCP connection, by number below 2^23. */
    static String create(int number) {
        return String.format(
                Locale.ROOT,
                "-I -p tcp -s 10.%d.%d.%d -d 192.168.0.10 --sport %d --dport 443"
                        + " --state ESTABLISHED -u SEEN_REPLY,ASSURED -t 432000%n",
                1 + (number >> 16),
                (number >> 8) & 255,
                number & 255,
                1024 + (number & 0x3FFF));
    }

    /** Creates connections as fast as one conntrack(8) can; the instant at which it began. */
    static long fill(String namespace, Path directory, int from, int to) throws IOException {
        Path file = directory.resolve("states");
        try (Writer out = Files.newBufferedWriter(file)) {
            for (int i = from; i < to; i++) {
                out.write(create(i));
            }
        }
        long startNs = System.nanoTime();
        String output = Child.output(Pair.in(namespace, "conntrack", "-R", file.toString()));
        Files.delete(file);
        if (count(namespace) < to) {
            throw new IOException(
                    count(namespace)
                            + " states in the kernel, wanted "
                            + to
                            + ": is net.netfilter.nf_conntrack_max above it? "
                            + output.lines().limit(3).toList());
        }
        return startNs;
    }

    static long count(String namespace) throws IOException {
        String text = Child.output(Pair.in(namespace, "conntrack", "-C")).strip();
        if (!text.matches("\\d+")) {
            throw new IOException("conntrack -C: " + text + ": has the kernel ctnetlink?");
        }
        return Long.parseLong(text);
    }

    static void flush(String namespace) throws IOException {
        Child.output(Pair.in(namespace, "conntrack", "-F"));
    }

    /** Feeds connections to one conntrack(8), an interval of milliseconds apart. */
    static void feed(String namespace, int from, int to, long intervalMs) throws IOException {
        Process feeder =
                new ProcessBuilder(Pair.in(namespace, "conntrack", "-R", "-"))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (Writer out = feeder.outputWriter(StandardCharsets.US_ASCII)) {
            for (int i = from; i < to; i++) {
                out.write(create(i));
                out.flush();
                Child.pause(intervalMs);
            }
        }
        feeder.onExit().join();
    }
}
