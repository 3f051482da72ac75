package org.pfsyncd.pfhost;

import java.util.SplittableRandom;

/**
 * One connection of made-up traffic and what is true about it: its packets go on only if a firewall
 * let them pass, else they are sent again a second later, and it breaks after 20 s.
 */
public final class Conversation {
    static final long SECOND_NS = 1_000_000_000L;

    private static final long PATIENCE_NS = 20 * SECOND_NS;

    final Flow flow;
    final SplittableRandom random;
    private final Road road;
    private final long endsNs;
    private final boolean isClosedAtEnd;
    private final boolean isOpenedTwice;
    private boolean isUntold;
    long nextNs;
    private long client;
    private long server;
    private int step;
    private long stuckSinceNs = -1;
    private boolean isOver;
    private boolean isBroken;
    long blocked;

    /** Which firewall a packet passes. */
    interface Road {
        boolean pass(Conversation conversation, Segment packet);

        /** The same packet on another way, as when a router changes its mind. */
        void detour(Conversation conversation, Segment packet);
    }

    Conversation(Flow flow, Road road, SplittableRandom random, long nowNs) {
        this.flow = flow;
        this.road = road;
        this.random = random;
        nextNs = nowNs;
        long seconds = random.nextInt(8) == 0 ? 200 : 2 + random.nextInt(20);
        endsNs = nowNs + seconds * SECOND_NS;
        isClosedAtEnd = random.nextInt(4) > 0;
        isOpenedTwice = random.nextInt(16) == 0;
        client = random.nextLong(1L << 32);
        server = random.nextLong(1L << 32);
    }

    boolean isOver() {
        return isOver;
    }

    boolean isBroken() {
        return isBroken;
    }

    /**
     * Whether the instants at which hosts speak decide about it: two hosts saw its first packet, so
     * that their states collide by key, or one lost power before it had told of both its states.
     */
    boolean isLeftToChance() {
        return isOpenedTwice || isUntold;
    }

    /** A host loses power. */
    void onPowerOff(PfHost host) {
        isUntold |= isWaiting(host.in(flow)) || isWaiting(host.out(flow));
    }

    private static boolean isWaiting(HostState state) {
        return state != null && state.queue == QueueKind.INS;
    }

    /** Open, and not stuck. */
    boolean isAlive() {
        return !isOver && step >= 3 && stuckSinceNs < 0;
    }

    /** Next byte the client sends. */
    long clientSeq() {
        return client;
    }

    /** Does what is due. */
    void work(long nowNs) {
        if (isOver || nowNs < nextNs) {
            return;
        }
        if (nowNs >= endsNs) {
            if (isClosedAtEnd && flow.proto == Flow.TCP && step >= 3) {
                close();
            }
            isOver = true;
            return;
        }
        boolean isThrough = flow.proto == Flow.TCP ? tcp() : datagrams();
        if (isThrough) {
            stuckSinceNs = -1;
            nextNs = nowNs + SECOND_NS / 10 + random.nextLong(2 * SECOND_NS);
        } else {
            blocked++;
            stuckSinceNs = stuckSinceNs < 0 ? nowNs : stuckSinceNs;
            nextNs = nowNs + SECOND_NS;
            if (nowNs - stuckSinceNs > PATIENCE_NS) {
                isBroken = true;
                isOver = true;
            }
        }
    }

    private boolean datagrams() {
        step = 3;
        return road.pass(this, Segment.datagram(true, 40))
                && road.pass(this, Segment.datagram(false, 80));
    }

    private boolean tcp() {
        if (step == 0) {
            Segment syn = new Segment(true, Segment.SYN, client, 0, 0);
            if (isOpenedTwice) {
                road.detour(this, syn);
            }
            if (!road.pass(this, syn)) {
                return false;
            }
            step = 1;
        }
        long afterSyn = client + 1 & 0xFFFF_FFFFL;
        if (step == 1) {
            Segment answer = new Segment(false, Segment.SYN | Segment.ACK, server, afterSyn, 0);
            if (!road.pass(this, answer)) {
                return false;
            }
            step = 2;
        }
        if (step == 2) {
            long next = server + 1 & 0xFFFF_FFFFL;
            if (!road.pass(this, new Segment(true, Segment.ACK, afterSyn, next, 0))) {
                return false;
            }
            client = afterSyn;
            server = next;
            step = 3;
            return true;
        }
        return exchange();
    }

    private boolean exchange() {
        Segment question = new Segment(true, Segment.ACK, client, server, random.nextInt(1400));
        if (!road.pass(this, question)) {
            return false;
        }
        long asked = question.end();
        Segment answer = new Segment(false, Segment.ACK, server, asked, random.nextInt(1400));
        if (!road.pass(this, answer)) {
            return false;
        }
        client = asked;
        server = answer.end();
        return road.pass(this, new Segment(true, Segment.ACK, client, server, 0));
    }

    private void close() {
        int end = Segment.ACK | Segment.FIN;
        long behind = client + 1 & 0xFFFF_FFFFL;
        road.pass(this, new Segment(true, end, client, server, 0));
        road.pass(this, new Segment(false, end, server, behind, 0));
        road.pass(this, new Segment(true, Segment.ACK, behind, server + 1 & 0xFFFF_FFFFL, 0));
    }
}
