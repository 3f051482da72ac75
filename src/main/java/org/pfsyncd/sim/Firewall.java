package org.pfsyncd.sim;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * A pf firewall, or a pair of them seen on two segments, with made-up traffic: new flows, advancing
 * windows, full and old updates, ends that are told and ends that are not, clears, reboots after
 * which ids repeat. It answers requests.
 */
final class Firewall {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long OUTAGE_NS = 11 * SECOND_NS;
    private static final int LIVE_LIMIT = 150;
    private static final long ASK_PAUSE_NS = 2_500_000_000L;
    private static final int STRANGE_RULE = 0x7F00_0000;
    private static final long SAME_KEY_PAUSE_MS = 15_000;

    final int number;
    final int creatorId;
    final Dialect dialect;
    final List<SegmentPort> ports = new ArrayList<>();
    private final Flows flows;
    private final Watcher watcher;
    private final SplittableRandom random;
    private final NameTable names = new NameTable();
    private final List<Flow> live = new ArrayList<>();
    private final List<Flow> over = new ArrayList<>();
    private final PeerRecord oldSrc;
    private final PeerRecord oldDst;
    private final StateRecord record =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final StateRecord old =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final long meanNewNs;
    private long lastId;
    private long nextNewNs;
    private int bulkLossPerMille;
    private boolean isQuiet;
    private boolean isDead;
    private boolean hasMembers;
    private long askedNs;
    private int asked;
    private long answered;
    private long nowNs;
    private long nowMs;

    /** Hears of acknowledgements. */
    interface Watcher {
        void onAcknowledged(int node, Firewall firewall, Flow flow);

        /** An update goes out that names no more than the flow's id. */
        void onShortUpdate(Firewall firewall, Flow flow);
    }

    Firewall(int number, Flows flows, SplittableRandom random, Watcher watcher) {
        this.watcher = watcher;
        this.number = number;
        this.flows = flows;
        this.random = random;
        creatorId = Flows.FIRST_CREATOR + number;
        Dialect[] dialects = {Dialect.V6, Dialect.V1301, Dialect.V1400, Dialect.V1500};
        dialect = dialects[random.nextInt(dialects.length)];
        meanNewNs = SECOND_NS / (5 + random.nextInt(40));
        oldSrc = new PeerRecord().wrap(old.buffer(), StateRecord.SRC_OFFSET);
        oldDst = new PeerRecord().wrap(old.buffer(), StateRecord.DST_OFFSET);
    }

    String address() {
        return "10.0." + number + ".200";
    }

    void addPort(SimPort port, TraceHash trace) {
        ports.add(new SegmentPort(port, dialect, new MemberFrames(this, ports.size(), trace)));
    }

    /** The nodes on its segments answer: it asks them now and then, as after a reboot. */
    void askMembers() {
        hasMembers = true;
    }

    boolean hasMembers() {
        return hasMembers;
    }

    /** Flows that it has. */
    List<Flow> live() {
        return live;
    }

    /** Opens, changes and ends nothing any more, but answers. */
    void quiet() {
        isQuiet = true;
    }

    /** Answers no more either. */
    void die() {
        isDead = true;
        isQuiet = true;
        for (Flow flow : live) {
            end(flow, false);
        }
        live.clear();
    }

    void work(long cycleNs, long cycleMs) {
        nowNs = cycleNs;
        nowMs = cycleMs;
        for (SegmentPort port : ports) {
            port.listen();
        }
        if (!isQuiet) {
            open();
            for (Iterator<Flow> all = live.iterator(); all.hasNext(); ) {
                if (!goOn(all.next())) {
                    all.remove();
                }
            }
        }
        if (hasMembers && !isDead && nowNs - askedNs >= ASK_PAUSE_NS) {
            askedNs = nowNs;
            ask(ports.get(asked % ports.size()));
        }
        for (SegmentPort port : ports) {
            port.flush();
        }
    }

    /** The whole table, and by turns a state that is, one that was, one that never will be. */
    private void ask(SegmentPort port) {
        asked++;
        if (asked % 2 == 0) {
            port.add(e -> e.addUpdateRequest(0, 0));
        }
        for (Flow flow : live) {
            if ((flow.rule + asked) % 8 == 0) {
                port.add(e -> e.addUpdateRequest(flow.id, creatorId));
            }
        }
        port.add(e -> e.addUpdateRequest((long) number << 48 | 1 + asked % lastId(), creatorId));
        port.add(e -> e.addUpdateRequest(-1L, creatorId));
    }

    private long lastId() {
        return Math.max(1, lastId);
    }

    /** Why a state that a member answers with is not ours; null if it may be. */
    String contradiction(StateRecord state) {
        answered++;
        if (flows.isRecorded(state)) {
            return null;
        }
        Flow flow = flows.of(state);
        return flow == null ? "no such flow" : flow.contradiction(state);
    }

    /** States that members answered with. */
    long answered() {
        return answered;
    }

    private void open() {
        if (nextNewNs == 0) {
            nextNewNs = nowNs;
        }
        while (nowNs - nextNewNs >= 0) {
            nextNewNs += random.nextLong(2 * meanNewNs);
            if (live.size() < LIVE_LIMIT) {
                begin(newFlow());
            }
        }
    }

    private Flow newFlow() {
        int rule = flows.nextRule();
        int client = rule << 1 | 1;
        if (!over.isEmpty() && random.nextInt(16) == 0) {
            Flow earlier = over.get(random.nextInt(over.size()));
            boolean isLongAgo = nowMs - earlier.createdMs > SAME_KEY_PAUSE_MS;
            client = isLongAgo && !isInUse(earlier.client) ? earlier.client : client;
        }
        lastId++;
        Flow flow = new Flow(rule, (long) number << 48 | lastId, creatorId, client, nowMs);
        flows.add(flow);
        return flow;
    }

    private boolean isInUse(int client) {
        return live.stream().anyMatch(flow -> flow.client == client);
    }

    private void begin(Flow flow) {
        live.add(flow);
        flow.diesAtNs = nowNs + SECOND_NS / 2 + random.nextLong(20 * SECOND_NS);
        flow.nextUpdateNs = nowNs + random.nextLong(SECOND_NS / 2);
        say(MessageKind.INS, flow);
    }

    /** Returns false if the flow is over. */
    private boolean goOn(Flow flow) {
        if (nowNs - flow.diesAtNs >= 0) {
            boolean isTold = random.nextInt(4) > 0;
            end(flow, isTold);
            if (isTold) {
                flows.deleted(flow);
                int chosen = choose();
                for (int i = 0; i < ports.size(); i++) {
                    if ((chosen & 1 << i) != 0) {
                        ports.get(i).add(e -> e.addDeleteCompressed(flow.id, creatorId));
                    }
                }
            }
            return false;
        }
        if (nowNs - flow.nextUpdateNs >= 0) {
            flow.nextUpdateNs = nowNs + SECOND_NS / 10 + random.nextLong(4 * SECOND_NS);
            update(flow);
        }
        return true;
    }

    private void end(Flow flow, boolean isTold) {
        flow.isOver = true;
        flow.isDeleted = isTold;
        flow.overNs = nowNs;
        over.add(flow);
    }

    private void update(Flow flow) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            flow.announce(old, names, dialect.ordinal());
            flow.advance(random.nextInt(60_000), random.nextInt(60_000), random.nextInt(12));
            say(MessageKind.UPD_C, flow);
            // The old view once more, behind the new one.
            record.src().copyFrom(oldSrc);
            record.dst().copyFrom(oldDst);
            sayRecord(MessageKind.UPD_C);
            return;
        }
        flow.advance(random.nextInt(60_000), random.nextInt(60_000), random.nextInt(12));
        say(kind < 4 ? MessageKind.UPD : MessageKind.UPD_C, flow);
    }

    private void say(MessageKind kind, Flow flow) {
        flow.announce(record, names, dialect.ordinal());
        record.expiresAtMs(nowMs + flow.seconds() * 1000L).lifetimeS(flow.seconds());
        if (kind != MessageKind.INS) {
            record.stateFlags(0);
        }
        if (kind == MessageKind.UPD_C) {
            watcher.onShortUpdate(this, flow);
        }
        sayRecord(kind);
    }

    private void sayRecord(MessageKind kind) {
        int chosen = choose();
        for (int i = 0; i < ports.size(); i++) {
            if ((chosen & 1 << i) != 0) {
                sayOn(i, kind);
            }
        }
    }

    private void sayOn(int port, MessageKind kind) {
        ports.get(port)
                .add(
                        e ->
                                kind == MessageKind.UPD_C
                                        ? e.addUpdateCompressed(record)
                                        : e.addState(kind, record, names, nowMs));
    }

    /** Mostly all segments hear of it, sometimes one. */
    private int choose() {
        int all = (1 << ports.size()) - 1;
        return random.nextInt(3) > 0 ? all : 1 << random.nextInt(ports.size());
    }

    /** The whole table, as asked for on one segment. */
    void answerBulk(int port) {
        if (isDead) {
            return;
        }
        SegmentPort to = ports.get(port);
        to.add(e -> e.addBulkStatus(creatorId, 0, 1));
        for (Flow flow : live) {
            if (bulkLossPerMille == 0 || random.nextInt(1_000) >= bulkLossPerMille) {
                fill(flow);
                sayOn(port, MessageKind.UPD);
            }
        }
        to.add(e -> e.addBulkStatus(creatorId, 1, 2));
    }

    /** From now on so many of a thousand states are missing from a bulk answer. */
    void bulkLoss(int perMille) {
        bulkLossPerMille = perMille;
    }

    /** One state, as asked for. */
    void answer(int port, long id) {
        for (Flow flow : live) {
            if (flow.id == id) {
                fill(flow);
                sayOn(port, MessageKind.UPD);
            }
        }
    }

    private void fill(Flow flow) {
        flow.announce(record, names, dialect.ordinal());
        record.stateFlags(0);
        record.expiresAtMs(nowMs + flow.seconds() * 1000L).lifetimeS(flow.seconds());
    }

    /** A node has acknowledged a state. */
    void onAcknowledged(int node, long id) {
        for (Flow flow : live) {
            if (flow.id == id) {
                watcher.onAcknowledged(node, this, flow);
            }
        }
    }

    /**
     * All states are gone at once. Either ids go on, or they begin anew, and then it takes longer
     * than the tolerance within which two creations may be one.
     */
    void reboot() {
        for (Flow flow : live) {
            end(flow, false);
        }
        live.clear();
        if (random.nextBoolean()) {
            lastId = 0;
            nextNewNs = nowNs + OUTAGE_NS;
        }
    }

    /** {@code pfctl -F states}: a CLR. */
    void clear() {
        for (Flow flow : live) {
            end(flow, false);
        }
        live.clear();
        for (SegmentPort port : ports) {
            port.add(e -> e.addClear(creatorId, 0, names));
        }
        // A node that hears it late, as one that starts, would clear what came by another path.
        long pauseEndNs = nowNs + SECOND_NS;
        nextNewNs = nextNewNs - pauseEndNs > 0 ? nextNewNs : pauseEndNs;
    }

    /** A sound frame about a state that no firewall has. */
    byte[] strangeFrame() {
        int rule = STRANGE_RULE + random.nextInt(0xFFFF);
        Flow strange = new Flow(rule, 0x6600L << 48 | rule, creatorId, rule, nowMs);
        strange.announce(record, names, dialect.ordinal());
        record.expiresAtMs(nowMs + 15_000).lifetimeS(15);
        return ports.get(0).frame(e -> e.addState(MessageKind.INS, record, names, nowMs));
    }
}
