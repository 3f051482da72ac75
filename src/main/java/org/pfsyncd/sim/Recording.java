package org.pfsyncd.sim;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.StateDecoder;

/**
 * What a FreeBSD kernel sent when it was recorded, played into a segment beside made-up traffic.
 */
final class Recording {
    private static final List<String> NAMES =
            List.of("02-tcp-life", "28-route-to-reply-to", "30-state-flags");

    private final World world;
    private final SplittableRandom random;
    private final FrameWalker walker = new FrameWalker();
    private final List<byte[]> frames = new ArrayList<>();

    Recording(World world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    /** In every third run, at an even pace over the length. */
    void plan(Troubles troubles, long lengthNs) throws IOException {
        if (random.nextInt(3) > 0) {
            return;
        }
        read(NAMES.get(random.nextInt(NAMES.size())));
        Firewall firewall = world.firewalls.get(random.nextInt(world.firewalls.size()));
        long pauseNs = lengthNs / (frames.size() + 1);
        for (int i = 0; i < frames.size(); i++) {
            byte[] frame = frames.get(i);
            troubles.later(
                    (i + 1) * pauseNs,
                    () -> firewall.ports.get(0).send(new UnsafeBuffer(frame), frame.length));
        }
    }

    private void read(String name) throws IOException {
        FrameVisitor ids =
                new FrameVisitor() {
                    @Override
                    public void onState(MessageKind kind, StateDecoder state) {
                        world.flows.addRecorded(state.id(), state.creatorId());
                    }
                };
        try (InputStream resource =
                        Recording.class.getResourceAsStream("/demo/" + name + ".pcap.gz");
                CaptureReader reader = CaptureReader.open(resource, name)) {
            CapturedPacket packet = reader.next();
            while (packet != null) {
                if (packet.kind() == PacketKind.COMPLETE
                        && packet.protocol() == PortConfig.PFSYNC) {
                    byte[] frame = new byte[packet.payload().capacity()];
                    packet.payload().getBytes(0, frame);
                    frames.add(frame);
                    walker.walk(
                            packet.payload(),
                            0,
                            frame.length,
                            FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                            ids);
                }
                packet = reader.next();
            }
        }
    }
}
