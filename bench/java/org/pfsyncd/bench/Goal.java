package org.pfsyncd.bench;

/**
 * A target of the design, section 9.
 *
 * @param key of the ratio, or of the run's figures where the target is no ratio.
 * @param must what the first release has to reach.
 * @param aim where it should be.
 * @param isCeiling whether less is better.
 * @param isRatio whether it is about the ratio.
 */
record Goal(String key, double must, double aim, boolean isCeiling, boolean isRatio) {
    /** A ratio that has to stay below. */
    static Goal ratioBelow(String key, double must, double aim) {
        return new Goal(key, must, aim, true, true);
    }

    /** A ratio that has to stay above. */
    static Goal ratioAbove(String key, double must, double aim) {
        return new Goal(key, must, aim, false, true);
    }

    /** A figure that has to stay below. */
    static Goal below(String key, double must, double aim) {
        return new Goal(key, must, aim, true, false);
    }

    /** A figure that has to stay above. */
    static Goal above(String key, double must, double aim) {
        return new Goal(key, must, aim, false, false);
    }

    /** What to print behind a value. */
    String verdict(double value) {
        if (isReached(value, aim)) {
            return "aim met";
        }
        return isReached(value, must) ? "must met" : "MISSED";
    }

    private boolean isReached(double value, double limit) {
        return isCeiling ? value <= limit : value >= limit;
    }
}
