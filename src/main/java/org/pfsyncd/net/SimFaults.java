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
 */
public record SimFaults(
        long delayNs,
        long jitterNs,
        int lossPerMillion,
        int duplicatePerMillion,
        int reorderPerMillion,
        long reorderNs) {
    /** Frames arrive at once, in order, each once. */
    public static final SimFaults NONE = new SimFaults(0, 0, 0, 0, 0, 0);

    private static final int MILLION = 1_000_000;

    public SimFaults {
        if (delayNs < 0 || jitterNs < 0 || reorderNs < 0) {
            throw new IllegalArgumentException("a delay is negative: " + delayNs + ", " + jitterNs);
        }
        requireChance(lossPerMillion);
        requireChance(duplicatePerMillion);
        requireChance(reorderPerMillion);
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
                reorderNs);
    }

    /** This with another loss. */
    public SimFaults loss(int perMillion) {
        return new SimFaults(
                delayNs, jitterNs, perMillion, duplicatePerMillion, reorderPerMillion, reorderNs);
    }

    /** This with another duplication. */
    public SimFaults duplication(int perMillion) {
        return new SimFaults(
                delayNs, jitterNs, lossPerMillion, perMillion, reorderPerMillion, reorderNs);
    }

    /** This with another reordering. */
    public SimFaults reordering(int perMillion, long holdNs) {
        return new SimFaults(
                delayNs, jitterNs, lossPerMillion, duplicatePerMillion, perMillion, holdNs);
    }
}
