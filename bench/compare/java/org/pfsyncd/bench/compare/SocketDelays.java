package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.pfsyncd.bench.StampFile;

/** Delays of what is driven through a stamp file: Aeron, and the bare socket in C and in Java. */
final class SocketDelays {
    /** What one state of ours is on the way, bytes behind the IP header. */
    static final int STATE_LENGTH = 372;

    private static final String PROTOCOL = "254";
    private static final String HOP_FLOOR = "org.pfsyncd.bench.HopFloor";

    private final Pair pair;
    private final Path directory;
    private final int block;
    private final int runs;

    /**
     * @param directory on a tmpfs, for stamp files and Aeron's buffers.
     * @param block messages of one run; one more run of as many goes before and is not counted.
     */
    SocketDelays(Pair pair, Path directory, int block, int runs) {
        this.pair = pair;
        this.directory = directory;
        this.block = block;
        this.runs = runs;
    }

    private interface Start {
        Child start(String stamps, String count) throws IOException;
    }

    /** One way, an interval of nanoseconds apart. */
    Histogram[] aeronOneWay(long intervalNs) throws IOException {
        return measure(intervalNs, aeron("b", "see"), aeron("a", "send"), true);
    }

    /** One at a time, there and back. */
    Histogram[] aeronRoundTrip() throws IOException {
        return measure(0, aeron("b", "echo"), aeron("a", "ping"), true);
    }

    Histogram[] javaOneWay(long intervalNs) throws IOException {
        return measure(intervalNs, javaHop("b", "see"), javaHop("a", "send"), false);
    }

    Histogram[] cOneWay(Path programs, long intervalNs) throws IOException {
        return measure(intervalNs, cHop(programs, "b", "see"), cHop(programs, "a", "send"), false);
    }

    Histogram[] cRoundTrip(Path programs) throws IOException {
        Start echo =
                (stamps, count) ->
                        Child.start(
                                directory.resolve("echo.log"),
                                pair.pinned(
                                        pair.b(),
                                        programs.resolve("echo").toString(),
                                        pair.addressB(),
                                        pair.addressA(),
                                        PROTOCOL));
        return measure(0, echo, cHop(programs, "a", "ping"), false);
    }

    private Histogram[] measure(long intervalNs, Start receiver, Start sender, boolean isMutual)
            throws IOException {
        Path file = directory.resolve("stamps");
        Files.deleteIfExists(file);
        int count = block * (runs + 1);
        String path = file.toString();
        String number = Integer.toString(count);
        Histogram[] delays = new Histogram[runs];
        try (StampFile stamps = new StampFile(file, count);
                Child b = receiver.start(path, number)) {
            if (!isMutual) {
                b.await("ready");
            }
            try (Child a = sender.start(path, number)) {
                b.await("ready");
                a.await("ready");
                Delays blocks = new Delays(stamps, block);
                blocks.next(intervalNs);
                for (int i = 0; i < runs; i++) {
                    delays[i] = blocks.next(intervalNs);
                }
            }
        }
        return delays;
    }

    private Start aeron(String side, String role) {
        boolean isA = side.equals("a");
        String here = (isA ? pair.addressA() : pair.addressB()) + ":40123";
        String there = (isA ? pair.addressB() : pair.addressA()) + ":40123";
        return (stamps, count) ->
                Child.java(
                        directory.resolve("aeron-" + side + ".log"),
                        pair.pinned(isA ? pair.a() : pair.b()),
                        AeronProcess.class.getName(),
                        List.of(
                                stamps,
                                count,
                                role,
                                here,
                                there,
                                directory.toString(),
                                Integer.toString(STATE_LENGTH)));
    }

    private Start javaHop(String side, String role) {
        boolean isA = side.equals("a");
        return (stamps, count) ->
                Child.java(
                        directory.resolve("hop-" + side + ".log"),
                        pair.pinned(isA ? pair.a() : pair.b()),
                        HOP_FLOOR,
                        List.of(
                                stamps,
                                count,
                                role,
                                isA ? pair.addressB() : pair.addressA(),
                                "raw",
                                Integer.toString(STATE_LENGTH)));
    }

    private Start cHop(Path programs, String side, String role) {
        boolean isA = side.equals("a");
        return (stamps, count) ->
                Child.start(
                        directory.resolve("hop-" + side + ".log"),
                        pair.pinned(
                                isA ? pair.a() : pair.b(),
                                programs.resolve("hop").toString(),
                                stamps,
                                count,
                                role,
                                isA ? pair.addressA() : pair.addressB(),
                                isA ? pair.addressB() : pair.addressA(),
                                PROTOCOL,
                                Integer.toString(STATE_LENGTH)));
    }
}
