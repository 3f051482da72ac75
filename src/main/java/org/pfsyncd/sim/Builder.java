package org.pfsyncd.sim;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.pfsyncd.journal.MemoryStore;

/** Makes a world by the seed: nodes, who talks with whom, firewalls, who hears which. */
final class Builder {
    private static final int NODES_LIMIT = 5;

    /** In one seed of so many the nodes answer requests; the other seeds stay what they were. */
    private static final int MEMBER_SEEDS = 4;

    private static final int FIRST_MEMBER_SEED = 2;

    private final World world;
    private final SplittableRandom random;
    private final boolean isMember;
    private String topology = "";

    Builder(World world, long seed) {
        this.world = world;
        isMember = Math.floorMod(seed, MEMBER_SEEDS) == FIRST_MEMBER_SEED;
        random = world.random();
    }

    Builder build(Path root, SimStore store) {
        int count = 2 + random.nextInt(NODES_LIMIT - 1);
        for (int i = 0; i < count; i++) {
            long retainBytes = random.nextInt(3) == 0 ? 64L << 10 : 4L << 20;
            MemoryStore memory = store == SimStore.MEMORY ? new MemoryStore(retainBytes) : null;
            world.nodes.add(new SimNode(i, world, new SimDisk(root, "n" + i, memory), retainBytes));
        }
        connect(count);
        int firewalls = 1 + random.nextInt(Math.min(3, count));
        for (int i = 0; i < firewalls; i++) {
            addFirewall(i, count);
        }
        return this;
    }

    private void connect(int count) {
        int form = random.nextInt(3);
        topology = new String[] {"mesh", "chain", "hub"}[form] + " of " + count;
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                if (form == 0 || (form == 1 && j == i + 1) || (form == 2 && i == 0)) {
                    world.nodes.get(i).addPeer(j);
                    world.nodes.get(j).addPeer(i);
                }
            }
        }
    }

    private void addFirewall(int number, int nodes) {
        Firewall firewall = new Firewall(number, world.flows, random.split(), world);
        if (isMember) {
            firewall.askMembers();
        }
        int segments = 1 + random.nextInt(2);
        for (int i = 0; i < segments; i++) {
            String segment = SimNode.segmentName(number, i);
            firewall.addPort(world.segments().attach(segment, firewall.address()), world.trace);
            int first = random.nextInt(nodes);
            world.nodes.get(first).addGroup(firewall, i, isMember);
            if (random.nextInt(3) == 0) {
                world.nodes.get((first + 1) % nodes).addGroup(firewall, i, isMember);
            }
        }
        world.firewalls.add(firewall);
    }

    /** Cuts and wounds run along these ways only. */
    String topology() {
        return topology;
    }
}
