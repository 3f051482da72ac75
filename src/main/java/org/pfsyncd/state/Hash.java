package org.pfsyncd.state;

/** The mixing steps that the digest and the key index share. Pure functions. */
final class Hash {
    private static final long STEP = 0x9e37_79b9_7f4a_7c15L;

    private Hash() {}

    /** Takes one word in; injective in {@code word}, so that no single word can hide another. */
    static long step(long hash, long word) {
        long mixed = (hash ^ word) * STEP;
        return mixed ^ (mixed >>> 29);
    }

    /** Spreads every bit over all 64. */
    static long finish(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51_afd7_ed55_8ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ce_b9fe_1a85_ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
