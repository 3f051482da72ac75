package org.pfsyncd.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.SimEndpoint;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.net.SimOrigin;

/** Frames that nobody sound would send: noise, damaged and old copies, from peers and strangers. */
final class HostileFrames {
    static final String STRANGER = "10.9.9.9";

    private static final int KEPT_LIMIT = 64;
    private static final int NOISE_LIMIT = 1_400;
    private static final int HEADER_LENGTH = 48;
    private static final int CRC_END = 48;
    private static final int TTL = 255;

    private final SplittableRandom random;
    private final List<byte[]> kept = new ArrayList<>();
    private int turn;
    private boolean hasStruck;

    HostileFrames(SplittableRandom random) {
        this.random = random;
    }

    /** A sound frame passes: now and then one is kept. */
    void keep(DirectBuffer buffer, int offset, int length) {
        if (++turn % 17 == 0) {
            byte[] copy = new byte[length];
            buffer.getBytes(offset, copy);
            if (kept.size() < KEPT_LIMIT) {
                kept.add(copy);
            } else {
                kept.set(turn / 17 % KEPT_LIMIT, copy);
            }
        }
    }

    /** Whether any was sent: one node's greeting from another's address is refused. */
    boolean hasStruck() {
        return hasStruck;
    }

    /** Puts one frame in front of a peer port. */
    void toPeerPort(SimNetwork network, SimEndpoint to, String peerAddress) {
        hasStruck = true;
        boolean isStranger = random.nextInt(4) == 0;
        boolean isOld = !kept.isEmpty() && random.nextInt(3) > 0;
        byte[] frame = isOld ? kept.get(random.nextInt(kept.size())).clone() : noise();
        if (isOld && !isStranger && random.nextInt(4) > 0) {
            damage(frame);
        }
        inject(network, to, isStranger ? STRANGER : peerAddress, frame, TTL);
    }

    /**
     * Puts one frame in front of a group's port: noise, or a sound one from where no firewall is.
     *
     * @param sound of the group's firewall.
     */
    void toGroupPort(SimNetwork network, SimEndpoint to, String firewall, byte[] sound) {
        switch (random.nextInt(4)) {
            case 0 -> inject(network, to, STRANGER, sound, TTL);
            case 1 -> inject(network, to, firewall, sound, TTL - 1);
            case 2 -> inject(network, to, firewall, cut(sound), TTL);
            default -> {
                byte[] noise = noise();
                noise[0] = (byte) (7 + random.nextInt(200));
                inject(network, to, firewall, noise, TTL);
            }
        }
    }

    /** The header's length then says more than there is, which is refused as a whole. */
    private byte[] cut(byte[] sound) {
        return java.util.Arrays.copyOf(sound, 1 + random.nextInt(sound.length - 1));
    }

    private byte[] noise() {
        byte[] noise = new byte[1 + random.nextInt(NOISE_LIMIT)];
        random.nextBytes(noise);
        return noise;
    }

    /** Never the checksum alone and nothing else: two changes could undo each other. */
    private void damage(byte[] frame) {
        int at = random.nextInt(frame.length);
        boolean isChecksum = at >= HEADER_LENGTH - 4 && at < CRC_END;
        frame[isChecksum ? 0 : at] ^= (byte) (1 + random.nextInt(255));
    }

    private static void inject(
            SimNetwork network, SimEndpoint to, String source, byte[] frame, int ttl) {
        network.inject(
                to,
                new SimOrigin(source, ttl, to.interfaceIndex()),
                new UnsafeBuffer(frame),
                0,
                frame.length);
    }
}
