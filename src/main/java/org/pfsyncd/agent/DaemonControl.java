package org.pfsyncd.agent;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.control.ControlNode;
import org.pfsyncd.control.NodeStatus;
import org.pfsyncd.control.ProgramVersion;
import org.pfsyncd.control.TableEditor;
import org.pfsyncd.control.VerifyStatus;
import org.pfsyncd.group.GroupStatus;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * The daemon as the control socket sees it: every question becomes a command to the sync agent. Any
 * thread.
 */
public final class DaemonControl implements ControlNode {
    private final Daemon daemon;
    private final String version;
    private final TableEditor editor;

    DaemonControl(Daemon daemon) {
        this.daemon = daemon;
        editor = new OperatorEdits(daemon);
        version = ProgramVersion.text();
    }

    @Override
    public NodeStatus status() throws TimeoutException {
        return daemon.commands().ask(this::status);
    }

    private NodeStatus status(SyncAgent agent) {
        List<NodeStatus.Group> groups = new ArrayList<>();
        for (GroupRuntime runtime : agent.groups()) {
            groups.add(group(runtime, agent.cycleNs()));
        }
        NodeStatus.Table table =
                new NodeStatus.Table(
                        agent.table().size(),
                        daemon.config().node().capacity(),
                        agent.table().unconfirmed(),
                        agent.table().digest(),
                        daemon.replayedDigest());
        return new NodeStatus(
                daemon.config().node().name(),
                version,
                ProcessHandle.current().pid(),
                daemon.peers().clusterClock().startedMs(agent.cycleNs()),
                agent.cycleMs(),
                table,
                journal(agent),
                groups,
                PeerStatuses.of(agent),
                daemon.counters().get(NodeCounter.SYNC_CYCLE_MAX_NS),
                daemon.nodeClock().wallAheadMs(),
                daemon.nodeClock().offsetMs());
    }

    private NodeStatus.Journal journal(SyncAgent agent) {
        return new NodeStatus.Journal(
                agent.publisher().incarnation(),
                agent.publisher().sequence(),
                daemon.counters().get(NodeCounter.JOURNAL_APPENDED),
                daemon.counters().get(NodeCounter.JOURNAL_STOPPED) != 0,
                daemon.counters().get(NodeCounter.JOURNAL_UNRECORDED),
                daemon.replayed().lossReport());
    }

    private static NodeStatus.Group group(GroupRuntime runtime, long nowNs) {
        GroupStatus status = runtime.group().status(nowNs);
        List<NodeStatus.Sender> senders =
                status.senders().stream()
                        .map(
                                sender ->
                                        new NodeStatus.Sender(
                                                address(sender.address()),
                                                sender.dialect(),
                                                sender.frames(),
                                                sender.silentNs(),
                                                sender.hasFingerprint()))
                        .toList();
        return new NodeStatus.Group(
                status.name(),
                runtime.role(),
                runtime.interfaceName(),
                status.isInSync(),
                status.reason(),
                status.silentNs(),
                status.bulk(),
                status.answer(),
                status.announcer() == null ? null : announcer(status.announcer()),
                senders);
    }

    private static NodeStatus.Announcer announcer(GroupStatus.Announcer shown) {
        return new NodeStatus.Announcer(
                shown.isSelf(),
                shown.creatorId() == 0 ? "" : String.format("%08x", shown.creatorId()),
                shown.address(),
                shown.sinceNs(),
                shown.waiting());
    }

    private static String address(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    @Override
    public int segmentCount() {
        return daemon.replayed().table().segmentCount();
    }

    @Override
    public byte[] copySegment(int segment) throws TimeoutException {
        return daemon.commands().ask(agent -> copy(agent, segment));
    }

    private static byte[] copy(SyncAgent agent, int segment) {
        Copy copy = new Copy();
        agent.table().readSegment(segment, copy::add);
        return copy.bytes();
    }

    @Override
    public NameTable names() {
        return daemon.replayed().names();
    }

    @Override
    public TableEditor editor() {
        return editor;
    }

    @Override
    public long nowMs() {
        return daemon.nodeClock().time();
    }

    @Override
    public String requestSync(String group) throws TimeoutException {
        return daemon.commands().ask(agent -> requestSync(agent, group));
    }

    /**
     * Gives the running groups their changed settings; groups that are new or gone need a restart.
     */
    public void reconfigure(PfsyncdConfig changed) throws TimeoutException {
        daemon.commands()
                .ask(
                        agent -> {
                            for (GroupConfig group : changed.groups()) {
                                Arrays.stream(agent.groups())
                                        .filter(
                                                runtime ->
                                                        runtime.group().name().equals(group.name()))
                                        .forEach(
                                                runtime ->
                                                        runtime.group()
                                                                .reconfigure(
                                                                        Settings.group(group)));
                            }
                            return changed;
                        });
    }

    @Override
    public long startVerify(String peer) throws TimeoutException {
        return daemon.commands().ask(agent -> PeerStatuses.startVerify(agent, peer));
    }

    @Override
    public VerifyStatus verifyStatus(String peer, long round) throws TimeoutException {
        return daemon.commands().ask(agent -> PeerStatuses.verify(agent, peer, round));
    }

    private static String requestSync(SyncAgent agent, String name) {
        List<GroupRuntime> chosen =
                Arrays.stream(agent.groups())
                        .filter(runtime -> name.isEmpty() || runtime.group().name().equals(name))
                        .toList();
        if (chosen.isEmpty()) {
            String known =
                    Arrays.stream(agent.groups())
                            .map(runtime -> runtime.group().name())
                            .collect(Collectors.joining(" "));
            throw new IllegalArgumentException(
                    "no group is called " + name + "; groups here: " + known);
        }
        chosen.forEach(runtime -> runtime.group().requestSync(agent.cycleNs()));
        return chosen.stream()
                .map(runtime -> runtime.group().name())
                .collect(Collectors.joining(" "));
    }

    /** Grows with the segment. */
    private static final class Copy {
        private byte[] bytes = new byte[64 * StateRecord.LENGTH];
        private int length;

        void add(StateRecord record) {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, bytes.length * 2);
            }
            new UnsafeBuffer(bytes)
                    .putBytes(length, record.buffer(), record.offset(), StateRecord.LENGTH);
            length += StateRecord.LENGTH;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, length);
        }
    }
}
