package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Made-up traffic through a group of hosts: mostly by way of the one that CARP would make master,
 * some of it out by one and back by another (active/active), now and then the first packet by both,
 * so that states collide by key.
 */
final class Traffic implements Conversation.Road {
    private final List<PfHost> hosts;
    private final SplittableRandom random;
    private final int number;
    private final long meanNs;
    private final List<Conversation> all = new ArrayList<>();
    private final List<Conversation> live = new ArrayList<>();
    private long nextNs;
    private int opened;
    private boolean isQuiet;
    private boolean isOpening = true;

    Traffic(int number, List<PfHost> hosts, SplittableRandom random, long meanNs) {
        this.number = number;
        this.hosts = hosts;
        this.random = random;
        this.meanNs = meanNs;
    }

    /** No packet at all until told otherwise. */
    void quiet(boolean value) {
        isQuiet = value;
    }

    void openNoMore() {
        isOpening = false;
    }

    void work(long nowNs) {
        if (isQuiet) {
            return;
        }
        if (nextNs == 0) {
            nextNs = nowNs;
        }
        while (isOpening && nextNs <= nowNs) {
            live.add(new Conversation(newFlow(), this, random.split(), nowNs));
            all.add(live.get(live.size() - 1));
            nextNs += random.nextLong(2 * meanNs);
        }
        live.forEach(conversation -> conversation.work(nowNs));
        live.removeIf(Conversation::isOver);
    }

    /** A host is about to lose power. */
    void onPowerOff(PfHost host) {
        live.forEach(conversation -> conversation.onPowerOff(host));
    }

    /** Every connection there ever was, in the order in which they were opened. */
    List<Conversation> all() {
        return List.copyOf(all);
    }

    private Flow newFlow() {
        int port = 1024 + opened % 60_000;
        String client = "10." + (100 + number) + "." + opened / 60_000 + ".10";
        opened++;
        return switch (random.nextInt(8)) {
            case 0, 1 -> Flow.udp(client, port, "10.2.0.10", 53);
            case 2 -> Flow.echo(client, "10.2.0.10", port);
            case 3 ->
                    Flow.tcp(client, port, "10.2.0.10", 80).nat("203.0.113." + (1 + number), port);
            case 4 -> Flow.tcp("fd00:" + number + "::10", port, "fd00:2::10", 443);
            default -> Flow.tcp(client, port, "10.2.0.10", 80);
        };
    }

    @Override
    public boolean pass(Conversation conversation, Segment packet) {
        PfHost host = master();
        boolean isAsymmetric = conversation.flow.clientPort % 4 == 0;
        if (isAsymmetric) {
            int preferred = conversation.flow.clientPort / 4 + (packet.isFromClient() ? 0 : 1);
            PfHost other = hosts.get(preferred % hosts.size());
            host = other.isOn() && other.demotion().value() == 0 ? other : host;
        }
        return host != null && host.packet(conversation.flow, packet);
    }

    @Override
    public void detour(Conversation conversation, Segment packet) {
        PfHost master = master();
        for (PfHost host : hosts) {
            if (host != master && host.isOn()) {
                host.packet(conversation.flow, packet);
                return;
            }
        }
    }

    /** The living host that is demoted least, the first of them (preemption is on). */
    private PfHost master() {
        PfHost best = null;
        for (PfHost host : hosts) {
            boolean isBetter =
                    host.isOn()
                            && (best == null || host.demotion().value() < best.demotion().value());
            best = isBetter ? host : best;
        }
        return best;
    }
}
