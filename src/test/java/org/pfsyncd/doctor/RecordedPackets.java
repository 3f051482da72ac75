package org.pfsyncd.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;

/** The packets of the recordings of a real FreeBSD 12.1. */
public final class RecordedPackets {
    public static final Path ROOT = Path.of("src/test/resources/captures/freebsd-12.1");

    /** The recorded hosts. */
    public static final String HOST_A = "10.0.0.1";

    public static final String HOST_B = "10.0.0.2";

    private RecordedPackets() {}

    /**
     * One of them.
     *
     * @param from source address.
     * @param hex what stands behind the IP header.
     */
    public record Recorded(String from, String hex) {
        public byte[] payload() {
            return HexFormat.of().parseHex(hex);
        }
    }

    public static Path pcap(String name) {
        return ROOT.resolve(name).resolve(name + ".pcap");
    }

    /** All of a recording, in order. */
    public static List<Recorded> of(String name) throws IOException {
        List<Recorded> found = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(pcap(name))) {
            for (CapturedPacket packet = reader.next(); packet != null; packet = reader.next()) {
                byte[] payload = new byte[packet.payload().capacity()];
                packet.payload().getBytes(0, payload);
                String from =
                        java.net.InetAddress.getByAddress(
                                        Arrays.copyOf(packet.source(), packet.addressLength()))
                                .getHostAddress();
                found.add(new Recorded(from, HexFormat.of().formatHex(payload)));
            }
        }
        return found;
    }
}
