package org.pfsyncd.sim;

import java.util.HashMap;
import java.util.Map;

/** Names states that two mirrors do not have alike, for a report. */
final class Differences {
    private static final int LIMIT = 8;

    private final World world;

    Differences(World world) {
        this.world = world;
    }

    String describe() {
        StringBuilder out = new StringBuilder();
        SimNode first = world.nodes.get(0);
        Map<Long, String> expected = texts(first);
        for (SimNode node : world.nodes) {
            int shown = 0;
            Map<Long, String> found = texts(node);
            for (Map.Entry<Long, String> entry : expected.entrySet()) {
                String other = found.remove(entry.getKey());
                if (!entry.getValue().equals(other) && shown++ < LIMIT) {
                    out.append("\n    ").append(first.name()).append(": ").append(entry.getValue());
                    out.append("\n    ").append(node.name()).append(": ").append(other);
                }
            }
            for (String only : found.values()) {
                if (shown++ < LIMIT) {
                    out.append("\n    only ").append(node.name()).append(": ").append(only);
                }
            }
        }
        return out.toString();
    }

    private static Map<Long, String> texts(SimNode node) {
        Map<Long, String> texts = new HashMap<>();
        TableImage.forEach(
                node.view().table(),
                r ->
                        texts.put(
                                Flows.key(r),
                                String.format(
                                        "%016x/%08x rule=%d src=%d:%d dst=%d:%d class=%d created=%d"
                                                + " active=%d expires=%d life=%d packets=%d",
                                        r.id(),
                                        r.creatorId(),
                                        r.rule(),
                                        r.src().state(),
                                        r.src().seqlo(),
                                        r.dst().state(),
                                        r.dst().seqlo(),
                                        r.timeout(),
                                        r.createdAtMs(),
                                        r.lastActivityMs(),
                                        r.expiresAtMs(),
                                        r.lifetimeS(),
                                        r.packets0())));
        return texts;
    }
}
