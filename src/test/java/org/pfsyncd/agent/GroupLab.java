package org.pfsyncd.agent;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.group.AckMode;
import org.pfsyncd.group.AddressPrefix;
import org.pfsyncd.group.GroupMetrics;
import org.pfsyncd.group.GroupRole;
import org.pfsyncd.group.GroupSettings;
import org.pfsyncd.group.PfsyncGroup;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.state.DeltaBatch;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.support.FakePort;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.slf4j.Logger;

/** A real group over the real table and a port in memory, stepped by hand as the agent does. */
final class GroupLab implements AutoCloseable {
    static final long SECOND_NS = 1_000_000_000L;
    static final long LOG_INTERVAL_NS = 60 * SECOND_NS;
    static final String PEER = "10.0.0.1";
    static final String PROVER = "10.0.0.9";
    static final int HOST_ID = 0x600dcafe;

    /** Id of the INS_ACK by which a relay shows itself. */
    static final long BEACON = 0x706652L << 40;

    final NameTable names = new NameTable();
    final DeltaBatch batch = new DeltaBatch(names);
    final FakePort port = new FakePort();
    final List<String> warnings = new ArrayList<>();
    final UnsafeBuffer budget = new UnsafeBuffer(new byte[16]);
    final CounterSet<NodeCounter> node;
    final CounterSet<GroupCounter> counters;
    final MirrorTable table;
    final PfsyncGroup group;
    final FrameHandler handler = this::onFrame;
    boolean isRingFull;
    int published;
    int framesSentBeforePublish;
    long nowNs = -5 * SECOND_NS;
    long nowMs = StateRecords.NOW_MS;

    GroupLab(GroupSettings settings, int capacity) {
        Counters allocator = Counters.inMemory();
        node = allocator.node();
        counters = allocator.group("g");
        table = new MirrorTable(TableConfig.ofCapacity(capacity), names, batch, node);
        EventLog log =
                new EventLog(logger(), node, PfsyncGroup.Cause.values().length, LOG_INTERVAL_NS);
        group =
                new PfsyncGroup(
                        settings,
                        port,
                        new GroupMirror(table, names, "r"),
                        new GroupMetrics(counters, log),
                        budget);
    }

    static GroupLab auto() {
        return new GroupLab(settings(null, AckMode.ALWAYS, Set.of()), 10_000);
    }

    /** A member that answers {@code rate} states a second. */
    static GroupLab member(int rate) {
        return new GroupLab(in(GroupRole.MEMBER, rate), 10_000);
    }

    /** {@link #settings} of a role and rate, in any dialect. */
    static GroupSettings in(GroupRole role, int rate) {
        GroupSettings plain = settings(null, AckMode.NEVER, Set.of());
        return new GroupSettings(
                "g",
                role,
                null,
                plain.ack(),
                plain.allow(),
                plain.interfaces(),
                HOST_ID,
                plain.silenceNs(),
                plain.bulkBudget(),
                plain.bulkRefillMs(),
                plain.bulkPaceNs(),
                rate);
    }

    /** A member that believes one address. */
    static GroupSettings allowing(String address) {
        GroupSettings member = in(GroupRole.MEMBER, 5_000);
        byte[] bytes = java.net.InetAddress.ofLiteral(address).getAddress();
        return new GroupSettings(
                "g",
                member.role(),
                null,
                member.ack(),
                List.of(AddressPrefix.of(bytes, 32)),
                member.interfaces(),
                HOST_ID,
                member.silenceNs(),
                member.bulkBudget(),
                member.bulkRefillMs(),
                member.bulkPaceNs(),
                member.answerRate());
    }

    /** Lets a firewall answer our own request, so that the mirror is proven. */
    GroupLab prove() {
        work();
        deliver(FrameBuilder.of(Dialect.V6).bulkStart(1).bytes(), PROVER, 255, true);
        deliver(FrameBuilder.of(Dialect.V6).bulkEnd(1, 0).bytes(), PROVER, 255, true);
        advanceMs(3000);
        for (int i = 0; i < 100; i++) {
            work(); // the sweep ends
        }
        if (!group.isInSync()) {
            throw new AssertionError(reason());
        }
        port.takeSent();
        return this;
    }

    /** Budget of 100 requests, no pace, silence of 120 s. */
    static GroupSettings settings(Dialect dialect, AckMode ack, Set<String> interfaces) {
        return new GroupSettings(
                "g",
                GroupRole.LISTEN,
                dialect,
                ack,
                List.of(),
                interfaces,
                0,
                120 * SECOND_NS,
                100,
                3_600_000,
                10 * SECOND_NS,
                5_000);
    }

    private Logger logger() {
        return (Logger)
                Proxy.newProxyInstance(
                        Logger.class.getClassLoader(),
                        new Class<?>[] {Logger.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("warn")) {
                                warnings.add((String) arguments[0]);
                            }
                            return null;
                        });
    }

    /** As the sync agent: publish what a frame caused, then let its answers go or hold them. */
    void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        int before = port.sent.size();
        group.onFrame(buffer, offset, length, info);
        framesSentBeforePublish += port.sent.size() - before;
        if (batch.count() > 0) {
            batch.reset();
            if (isRingFull) {
                group.withhold(nowNs);
                return;
            }
            published++;
        }
        group.release();
    }

    GroupLab deliver(byte[] frame) {
        return deliver(frame, PEER, 255, true);
    }

    GroupLab deliver(byte[] frame, String source, int ttl, boolean isOnSyncdev) {
        port.offer(frame, source, ttl, isOnSyncdev);
        group.poll(handler, 64, nowNs, nowMs);
        return this;
    }

    /** One turn of the group's and the table's own work at this instant. */
    GroupLab work() {
        group.work(nowNs, nowMs, !isRingFull);
        table.work(nowMs, 256);
        batch.reset();
        return this;
    }

    GroupLab advanceMs(long ms) {
        nowNs += ms * 1_000_000;
        nowMs += ms;
        return work();
    }

    String reason() {
        return group.status(nowNs).reason();
    }

    long count(GroupCounter id) {
        return counters.get(id);
    }

    @Override
    public void close() {
        table.close();
    }
}
