package org.pfsyncd.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;

/**
 * Sends to pfsyncd and to the floor, as firewalls would, and measures. Reads a line for each thing
 * to do and answers with one:
 *
 * <pre>
 * closed TARGET COUNT              latencies, one at a time
 * open TARGET COUNT INTERVAL_NS    latencies from the instant each should have been sent
 * mixed TARGET COUNT INTERVAL_NS LIFE    the same, each with an update and a delete of older ones
 * flood TARGET DIALECT MTU KIND FIRST_ID STATES RATE AGE [A_FRAME]    frames sent, and in how many ns
 * count TARGET                     frames that the floor has received
 * proof TARGET DIALECT             START and END of an empty table, to who asked for it
 * clear TARGET DIALECT             CLR of all its states
 * </pre>
 *
 * TARGET counts from 0 in the order of the arguments; latencies are a compressed histogram in
 * base64.
 */
final class LoadProcess {
    private static final int SHORT_LENGTH = 128;

    private final List<RoundTrips> targets = new ArrayList<>();
    private final List<SocketPort> ports = new ArrayList<>();

    private LoadProcess() {}

    /** Arguments: interface, then destination and own address of each target. */
    static void main(String[] args) throws IOException {
        LoadProcess load = new LoadProcess();
        for (int i = 1; i + 1 < args.length; i += 2) {
            SocketPort port = SocketPort.open(PortConfig.pfsync(args[0], args[i], args[i + 1]));
            load.ports.add(port);
            load.targets.add(new RoundTrips(port));
        }
        System.out.println("ready");
        BufferedReader questions =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            System.out.println(load.answer(line.split(" ", -1)));
        }
    }

    private String answer(String[] words) {
        int target = Integer.parseInt(words[1]);
        RoundTrips trips = targets.get(target);
        return switch (words[0]) {
            case "closed" -> text(trips.closed(Integer.parseInt(words[2])));
            case "open" ->
                    text(trips.open(Integer.parseInt(words[2]), Long.parseLong(words[3]), 0));
            case "mixed" ->
                    text(
                            trips.open(
                                    Integer.parseInt(words[2]),
                                    Long.parseLong(words[3]),
                                    Integer.parseInt(words[4])));
            case "flood" -> flood(ports.get(target), words);
            case "count" -> Long.toString(trips.question());
            case "proof" -> proof(ports.get(target), Dialect.valueOf(words[2]));
            case "clear" -> clear(ports.get(target), Dialect.valueOf(words[2]));
            default -> throw new IllegalArgumentException(words[0] + " is not known");
        };
    }

    private static String text(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        ByteBuffer encoded = Base64.getEncoder().encode(bytes.flip().limit(length));
        return StandardCharsets.US_ASCII.decode(encoded).toString();
    }

    /** A firewall without states answers: whoever asked has its whole table. */
    private static String proof(SocketPort port, Dialect dialect) {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[SHORT_LENGTH]);
        FrameEncoder encoder = new FrameEncoder();
        int sent = 0;
        for (int status : new int[] {BulkStatusDecoder.START, BulkStatusDecoder.END}) {
            encoder.begin(frame, 0, dialect, SHORT_LENGTH)
                    .addBulkStatus(Inserts.CREATOR, 0, status);
            sent += port.send(frame, 0, encoder.finish()) > 0 ? 1 : 0;
        }
        return Integer.toString(sent);
    }

    private static String clear(SocketPort port, Dialect dialect) {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[SHORT_LENGTH]);
        FrameEncoder encoder = new FrameEncoder();
        encoder.begin(frame, 0, dialect, SHORT_LENGTH)
                .addClear(Inserts.CREATOR, 0, new NameTable());
        return Integer.toString(port.send(frame, 0, encoder.finish()));
    }

    private static String flood(SocketPort port, String[] words) {
        Inserts inserts = new Inserts(Dialect.valueOf(words[2]), Integer.parseInt(words[3]));
        long[] sent =
                new Flood(
                                MessageKind.valueOf(words[4]),
                                Long.parseLong(words[5]),
                                Long.parseLong(words[6]),
                                Double.parseDouble(words[7]),
                                Integer.parseInt(words[8]),
                                words.length > 9 ? Integer.parseInt(words[9]) : 0)
                        .run(port, inserts);
        return sent[0] + " " + sent[1];
    }
}
