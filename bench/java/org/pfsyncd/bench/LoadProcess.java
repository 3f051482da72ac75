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
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;

/**
 * Sends to pfsyncd and to the floor, as firewalls would, and measures. Reads a line for each thing
 * to do and answers with one:
 *
 * <pre>
 * closed TARGET COUNT              latencies, one at a time
 * open TARGET COUNT INTERVAL_NS    latencies from the instant each should have been sent
 * fill TARGET DIALECT MTU KIND FIRST_ID STATES RATE    frames sent, at most RATE states a second
 * </pre>
 *
 * TARGET counts from 0 in the order of the arguments; latencies are a compressed histogram in
 * base64.
 */
final class LoadProcess {
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
        return switch (words[0]) {
            case "closed" -> text(targets.get(target).closed(Integer.parseInt(words[2])));
            case "open" ->
                    text(
                            targets.get(target)
                                    .open(Integer.parseInt(words[2]), Long.parseLong(words[3])));
            case "fill" -> Long.toString(fill(ports.get(target), words));
            default -> throw new IllegalArgumentException(words[0] + " is not known");
        };
    }

    private static String text(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        ByteBuffer encoded = bytes.flip().limit(length);
        return new String(Base64.getEncoder().encode(encoded).array(), StandardCharsets.US_ASCII);
    }

    private static long fill(SocketPort port, String[] words) {
        int mtu = Integer.parseInt(words[3]);
        return Flood.run(
                port,
                new Inserts(Dialect.valueOf(words[2]), mtu),
                MessageKind.valueOf(words[4]),
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                Double.parseDouble(words[7]));
    }
}
