package org.pfsyncd.pfhost;

import java.util.LinkedHashSet;
import java.util.SplittableRandom;

/**
 * What a host has to say: queues, packing, flush triggers (section 10).
 *
 * <p>A push marks a bucket; it takes effect at the end of what is being done ({@link #settle}), as
 * the kernel's software interrupt does, or, on a host with several processors, up to 15 ms later in
 * buckets other than 0.
 */
final class HostOutput {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int SUBHEADER = 4;
    private static final int ID_LENGTH = 12;
    private static final int UPD_C_LENGTH = 84;
    private static final int CLR_LENGTH = 20;
    private static final int BUS_LENGTH = 12;
    private static final int RECENT_S = 2;
    private static final int TCP = 6;
    private static final long LATEST_PUSH_NS = 15_000_000L;

    private final PfHostSettings settings;
    private final PfSystem system;
    private final HostClock clock;
    private final Bucket[] buckets;
    private final SplittableRandom random;
    private final FrameOut out;
    private boolean isUp;

    HostOutput(PfHostSettings settings, HostClock clock, FrameOut out) {
        this.settings = settings;
        system = settings.system;
        this.clock = clock;
        this.out = out;
        random = new SplittableRandom(settings.seed);
        buckets = new Bucket[settings.buckets];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new Bucket(i, system.emptyPacket);
        }
    }

    void up(boolean value) {
        isUp = value;
        if (!value) {
            drop();
        }
    }

    /** Forgets everything that waits. */
    void drop() {
        for (Bucket bucket : buckets) {
            for (LinkedHashSet<HostState> queue : bucket.queues.values()) {
                queue.forEach(state -> state.queue = null);
            }
            bucket.sent();
            bucket.timerNs = Bucket.NEVER;
        }
    }

    /** A state was made here or loaded by an operator. */
    void inserted(HostState state) {
        if (!isUp || state.isSilent()) {
            return;
        }
        Bucket bucket = bucket(state);
        startTimer(bucket);
        enqueue(bucket, state, QueueKind.INS);
        state.updates = 0;
    }

    /** A state changed here, or has to be told because what a peer said was stale. */
    void updated(HostState state) {
        if (!isUp || state.isGone || isSilenced(state)) {
            return;
        }
        Bucket bucket = bucket(state);
        startTimer(bucket);
        boolean isNow = false;
        if (state.queue == null || state.queue == QueueKind.IACK) {
            dequeue(bucket, state);
            enqueue(bucket, state, QueueKind.UPD_C);
            state.updates = 0;
        } else if (state.record.wireProto() == TCP
                && (state.queue != QueueKind.INS || !system.isNewOpenBsd())) {
            state.updates++;
            isNow = state.updates >= settings.maxUpdates;
        }
        if (isNow || clock.seconds() - state.syncTimeS < RECENT_S) {
            push(bucket);
        }
    }

    /** A state ended here. */
    void deleted(HostState state) {
        if (!isUp || isSilenced(state)) {
            return;
        }
        Bucket bucket = bucket(state);
        startTimer(bucket);
        boolean isUntold = state.queue == QueueKind.INS;
        dequeue(bucket, state);
        if (!isUntold) {
            enqueue(bucket, state, QueueKind.DEL);
        }
    }

    /** Takes a silenced state out of its queue. */
    private boolean isSilenced(HostState state) {
        if (state.isSilent()) {
            forget(state);
        }
        return state.isSilent();
    }

    void forget(HostState state) {
        dequeue(bucket(state), state);
    }

    /** A state that came with the ACK flag is acknowledged. */
    void acknowledge(HostState state) {
        if (isUp) {
            Bucket bucket = bucket(state);
            enqueue(bucket, state, QueueKind.IACK);
            push(bucket);
        }
    }

    /** A full update, asked for; true if the packet is full now. */
    boolean tell(HostState state) {
        if (!isUp || isSilenced(state)) {
            return false;
        }
        Bucket bucket = bucket(state);
        if (state.queue == null
                || state.queue == QueueKind.UPD_C
                || state.queue == QueueKind.IACK) {
            dequeue(bucket, state);
            enqueue(bucket, state, QueueKind.UPD);
            push(bucket);
        }
        return settings.mtu - bucket.length < settings.stateLength();
    }

    /** Asks for a state, or with id 0 and creator 0 for all. */
    void request(HostId wanted) {
        Bucket bucket = buckets[0];
        if (!isUp || bucket.requests.contains(wanted)) {
            return;
        }
        int cost = ID_LENGTH + (bucket.requests.isEmpty() ? SUBHEADER : 0);
        if (bucket.length + cost > settings.mtu) {
            send(bucket);
            cost = ID_LENGTH + SUBHEADER;
        }
        if (system.isNewOpenBsd()) {
            bucket.requests.add(0, wanted);
        } else {
            bucket.requests.add(wanted);
        }
        bucket.length += cost;
        if (!system.letsRequestsWait()) {
            push(bucket);
        }
    }

    /** CLR, at once. */
    void clear(int ifname) {
        sendPlus(new Bucket.Plus(true, settings.hostId, ifname, 0, 0), CLR_LENGTH);
    }

    /** BUS, at once. */
    void bulkStatus(int status, long endTimeS) {
        long told = system.isNewOpenBsd() ? 0 : endTimeS;
        sendPlus(new Bucket.Plus(false, settings.hostId, 0, status, told), BUS_LENGTH);
    }

    private void sendPlus(Bucket.Plus plus, int length) {
        if (isUp) {
            addPlus(buckets[0], plus, length);
            send(buckets[0]);
        }
    }

    private void addPlus(Bucket bucket, Bucket.Plus plus, int length) {
        if (bucket.length + SUBHEADER + length > settings.mtu) {
            send(bucket);
        }
        bucket.plus.add(plus);
        bucket.length += SUBHEADER + length;
    }

    private Bucket bucket(HostState state) {
        return buckets[(int) (state.record.id() & buckets.length - 1)];
    }

    private void startTimer(Bucket bucket) {
        if (bucket.isEmpty()) {
            bucket.timerNs = clock.ns() + SECOND_NS;
        }
    }

    private int cost(Bucket bucket, QueueKind kind) {
        int subheader = bucket.queues.get(kind).isEmpty() ? SUBHEADER : 0;
        return subheader + messageLength(kind);
    }

    private int messageLength(QueueKind kind) {
        return switch (kind) {
            case INS, UPD -> settings.stateLength();
            case UPD_C -> UPD_C_LENGTH;
            case IACK, DEL -> ID_LENGTH;
        };
    }

    private void enqueue(Bucket bucket, HostState state, QueueKind kind) {
        int cost = cost(bucket, kind);
        if (bucket.length + cost > settings.mtu) {
            send(bucket);
            cost = cost(bucket, kind);
        }
        bucket.length += cost;
        bucket.queues.get(kind).add(state);
        state.queue = kind;
    }

    private void dequeue(Bucket bucket, HostState state) {
        if (state.queue == null) {
            return;
        }
        LinkedHashSet<HostState> queue = bucket.queues.get(state.queue);
        queue.remove(state);
        bucket.length -= messageLength(state.queue) + (queue.isEmpty() ? SUBHEADER : 0);
        state.queue = null;
    }

    void pushAll() {
        for (Bucket bucket : buckets) {
            push(bucket);
        }
    }

    private void push(Bucket bucket) {
        boolean isLate = settings.cpus > 1 && bucket.number > 0;
        if (!isLate) {
            bucket.pushNs = clock.ns();
        } else if (bucket.pushNs == Bucket.NEVER) {
            bucket.pushNs = clock.ns() + random.nextLong(LATEST_PUSH_NS);
        }
    }

    void push(HostState state) {
        push(bucket(state));
    }

    /** Sends what was pushed and what has waited for a second. */
    void settle() {
        long nowNs = clock.ns();
        for (Bucket bucket : buckets) {
            boolean isTimerDue = bucket.timerNs <= nowNs;
            if (isTimerDue) {
                bucket.timerNs = Bucket.NEVER;
            }
            if (isTimerDue || bucket.pushNs <= nowNs) {
                send(bucket);
            }
        }
    }

    /** The instant at which something is to be sent, if nothing happens before. */
    long nextNs() {
        long next = Bucket.NEVER;
        for (Bucket bucket : buckets) {
            next = Math.min(next, Math.min(bucket.timerNs, bucket.pushNs));
        }
        return next;
    }

    boolean isBusy(int bucket) {
        return !buckets[bucket].isEmpty();
    }

    private void send(Bucket bucket) {
        bucket.pushNs = Bucket.NEVER;
        if (bucket.isEmpty()) {
            return;
        }
        out.send(bucket);
    }
}
