package org.pfsyncd.net;

/**
 * What a simulated network does to frames, each receiver's copy by a chance of its own.
 *
 * @param delayNs every frame takes at least this long.
 * @param jitterNs and up to this much more, evenly spread; frames may overtake each other by it.
 * @param lossPerMillion frames of a million that vanish.
 * @param duplicatePerMillion frames of a million that arrive twice, the second by a delay of its
 *     own.
 * @param reorderPerMillion frames of a million held back by {@code reorderNs} more, so that later
 *     ones overtake them.
 * @param reorderNs how long those are held back.
 * @param corruptPerMillion frames of a million of which one bit is flipped, anywhere behind the IP
 *     header.
 * @param longestFrame longer frames, in bytes behind the IP header, vanish without a word.
 */
public record SimFaults(
        long delayNs,
        long jitterNs,
        int lossPerMillion,
        int duplicatePerMillion,
        int reorderPerMillion,
        long reorderNs,
        int corruptPerMillion,
        int longestFrame) {
    /** Frames arrive at once, in order, each once. */
    public static final SimFaults NONE = new SimFaults(0, 0, 0, 0, 0, 0);

    private static final int MILLION = 1_000_000;

    public SimFaults {
        if (delayNs < 0 || jitterNs < 0 || reorderNs < 0) {
            throw new IllegalArgumentException("a delay is negative: " + delayNs + ", " + jitterNs);
        }
        if (longestFrame < 0) {
            throw new IllegalArgumentException("longest frame is negative: " + longestFrame);
        }
        requireChance(lossPerMillion);
        requireChance(duplicatePerMillion);
        requireChance(reorderPerMillion);
        requireChance(corruptPerMillion);
    }

    /** Without damage and black hole. */
    public SimFaults(
            long delayNs,
            long jitterNs,
            int lossPerMillion,
            int duplicatePerMillion,
            int reorderPerMillion,
            long reorderNs) {
        this(
                delayNs,
                jitterNs,
                lossPerMillion,
                duplicatePerMillion,
                reorderPerMillion,
                reorderNs,
                0,
                Integer.MAX_VALUE);
    }

    private static void requireChance(int perMillion) {
        if (perMillion < 0 || perMillion > MILLION) {
            throw new IllegalArgumentException(perMillion + " is not within 0..1000000");
        }
    }

    /** This with another delay and jitter. */
    public SimFaults delay(long newDelayNs, long newJitterNs) {
        return new SimFaults(
                newDelayNs,
                newJitterNs,
                lossPerMillion,
                duplicatePerMillion,
                reorderPerMillion,
                reorderNs,
                corruptPerMillion,
                longestFrame);
    }

    /** This with another loss. */
    public SimFaults loss(int perMillion) {
        return with(perMillion, duplicatePerMillion, corruptPerMillion);
    }

    /** This with another duplication. */
    public SimFaults duplication(int perMillion) {
        return with(lossPerMillion, perMillion, corruptPerMillion);
    }

    /** This with another share of damaged frames. */
    public SimFaults corruption(int perMillion) {
        return with(lossPerMillion, duplicatePerMillion, perMillion);
    }

    private SimFaults with(int loss, int duplicate, int corrupt) {
        return new SimFaults(
                delayNs,
                jitterNs,
                loss,
                duplicate,
                reorderPerMillion,
                reorderNs,
                corrupt,
                longestFrame);
    }

    /** This with another reordering. */
    public SimFaults reordering(int perMillion, long holdNs) {
        return new SimFaults(
                delayNs,
                jitterNs,
                lossPerMillion,
                duplicatePerMillion,
                perMillion,
                holdNs,
                corruptPerMillion,
                longestFrame);
    }

    /** This with another length beyond which frames vanish. */
    public SimFaults blackHole(int newLongestFrame) {
        return new SimFaults(
                delayNs,
                jitterNs,
                lossPerMillion,
                duplicatePerMillion,
                reorderPerMillion,
                reorderNs,
                corruptPerMillion,
                newLongestFrame);
    }
}
