package org.pfsyncd.net;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Ways of a {@link SimNetwork} that are cut or swallow long frames, from one port or address to
 * another. Owned by the network's thread.
 */
final class SimObstacles {
    private final Set<Way> cuts = new HashSet<>();
    private final Map<Way, Integer> holes = new HashMap<>();

    /** Between two ports, or between two addresses. */
    private record Way(Object from, Object to) {}

    void cut(Object from, Object to) {
        cuts.add(new Way(from, to));
    }

    void blackHole(Object from, Object to, int longest) {
        if (longest == 0) {
            holes.remove(new Way(from, to));
        } else {
            holes.put(new Way(from, to), longest);
        }
    }

    void clear() {
        cuts.clear();
        holes.clear();
    }

    boolean isCut(SimEndpoint from, SimEndpoint to) {
        return !cuts.isEmpty()
                && (cuts.contains(new Way(from, to))
                        || cuts.contains(new Way(from.addressText(), to.addressText())));
    }

    /** Whether a frame of this length vanishes on its way. */
    boolean swallows(SimEndpoint from, SimEndpoint to, int length) {
        return !holes.isEmpty()
                && (isLonger(length, holes.get(new Way(from, to)))
                        || isLonger(
                                length, holes.get(new Way(from.addressText(), to.addressText()))));
    }

    private static boolean isLonger(int length, Integer longest) {
        return longest != null && length > longest;
    }
}
