package org.pfsyncd.sim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.agent.DaemonView;
import org.pfsyncd.agent.PortFactory;
import org.pfsyncd.agent.Surroundings;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.JournalConfig;
import org.pfsyncd.config.NodeConfig;
import org.pfsyncd.config.PeerConfig;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.config.RelayConfig;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.Port;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.wire.StateRecord;

/** One simulated node: its disk, its place in the networks, and its daemon while it lives. */
final class SimNode {
    static final int CAPACITY = 4_000;

    /** What nodes take for agreement, and a slew. */
    private static final long CLOCK_TOLERANCE_MS = 2_500;

    /** Longer than a frame is under way. */
    private static final long UNDER_WAY_NS = 100_000_000L;

    /** More documents than a power loss takes from the end of a journal. */
    private static final int TORN_LIMIT = 20;

    private static final int WINDOW_BYTES = 256 << 10;
    private static final int RING_BYTES = 2 << 20;
    private static final int BLOCK_BYTES = 1 << 20;

    final int number;
    final SimDisk disk;
    final Map<String, SimPort> groupPorts = new HashMap<>();
    private final World world;
    private final StateRecord scratch =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final List<Integer> peers = new ArrayList<>();
    private final List<GroupConfig> groups = new ArrayList<>();
    private final long retainBytes;

    private long wallOffsetMs;
    private long clockStartedNs;
    private boolean wasClockWrong;
    private long wrongIncarnation;
    TracedPeerPort peerPort;
    TableImage image;
    private Daemon daemon;
    private DaemonView view;
    private boolean hasLostPower;
    private long lostPowerNs;
    private boolean mayHaveLosses;
    private boolean wasJournaled = true;
    private int lives;

    SimNode(int number, World world, SimDisk disk, long retainBytes) {
        this.number = number;
        this.world = world;
        this.disk = disk;
        this.retainBytes = retainBytes;
        image = new TableImage(this);
        clockStartedNs = world.nowNs();
        lostPowerNs = world.nowNs() - UNDER_WAY_NS;
    }

    String name() {
        return "n" + number;
    }

    static String address(int node) {
        return "10.9.0." + (node + 1);
    }

    String address() {
        return address(number);
    }

    void addPeer(int node) {
        if (!peers.contains(node)) {
            peers.add(node);
            Collections.sort(peers);
        }
    }

    List<Integer> peers() {
        return peers;
    }

    /** Listens to a segment of a firewall, or answers there too. */
    void addGroup(Firewall firewall, int segment, boolean isMember) {
        groups.add(
                new GroupConfig(
                        segmentName(firewall.number, segment),
                        "sync0",
                        "224.0.0.240",
                        null,
                        isMember ? "member" : "listen",
                        "auto",
                        "always",
                        List.of(firewall.address()),
                        "realm" + firewall.number,
                        12,
                        600,
                        5,
                        5_000,
                        List.of(),
                        30,
                        "raw",
                        2400,
                        0,
                        Map.of(),
                        RelayConfig.DEFAULT));
    }

    static String segmentName(int firewall, int segment) {
        return "g" + firewall + "-" + segment;
    }

    private String groupAddress(String segment) {
        return "10.0." + segment.substring(1, segment.indexOf('-')) + "." + (number + 1);
    }

    boolean isAlive() {
        return daemon != null;
    }

    DaemonView view() {
        return view;
    }

    long wallMs() {
        return world.trueMs() + wallOffsetMs;
    }

    void start() throws IOException {
        long seed = world.random().nextLong();
        Surroundings surroundings =
                new Surroundings(
                        world::nowNs,
                        this::wallMs,
                        world.boot(),
                        seed,
                        disk.memory,
                        world.sabotage());
        daemon = new Daemon(config(), surroundings, new Ports()).open();
        view = daemon.view();
        lives++;
        if (lives > 1) {
            checkRestart();
        }
        if (hasLostPower) {
            clockStartedNs = world.nowNs();
        }
        hasLostPower = false;
        wasJournaled = true;
    }

    private void checkRestart() {
        boolean mustBeWhole = !hasLostPower && wasJournaled;
        if (mustBeWhole) {
            image.requireAllIn(view);
        } else {
            image.forget();
        }
    }

    private final class Ports implements PortFactory {
        @Override
        public Port open(GroupConfig config) {
            SimPort port = world.segments().attach(config.name(), groupAddress(config.name()));
            groupPorts.put(config.name(), port);
            return port;
        }

        @Override
        public PeerPort openPeer(PeerPortConfig carrier) {
            peerPort = world.tracedPeerPort(address());
            return peerPort;
        }
    }

    PfsyncdConfig config() {
        NodeConfig node =
                new NodeConfig(name(), disk.data, disk.run, "shared", "backoff", CAPACITY);
        JournalConfig journal =
                new JournalConfig(60, BLOCK_BYTES, RING_BYTES, 0, 3_600, retainBytes, 0, 16L << 20);
        List<PeerConfig> configured = new ArrayList<>();
        for (int peer : peers) {
            configured.add(
                    new PeerConfig(
                            "n" + peer,
                            address(peer),
                            "raw",
                            253,
                            0,
                            null,
                            null,
                            0,
                            "both",
                            0,
                            WINDOW_BYTES));
        }
        return new PfsyncdConfig(node, journal, timeouts(), groups, configured);
    }

    private static List<Integer> timeouts() {
        List<Integer> seconds = new ArrayList<>(Collections.nCopies(25, Flow.OTHER_SECONDS));
        seconds.set(Flow.ESTABLISHED_CLASS, Flow.ESTABLISHED_SECONDS);
        return seconds;
    }

    /** Whether the table has a flow. */
    boolean has(String realm, Flow flow) {
        return view.table().get(view.names().intern(realm), flow.id, flow.creatorId, scratch)
                && scratch.rule() == flow.rule;
    }

    /** Whether the table has an older flow under the id of this one. */
    boolean hasOther(String realm, Flow flow) {
        return view.table().get(view.names().intern(realm), flow.id, flow.creatorId, scratch)
                && scratch.rule() != flow.rule;
    }

    void step() {
        if (daemon != null) {
            try {
                daemon.step();
                noteClock();
            } catch (Violation e) {
                throw e;
            } catch (RuntimeException | Error e) {
                throw thrown(e);
            }
        }
    }

    private Violation thrown(Throwable e) {
        StackTraceElement[] trace = e.getStackTrace();
        StringBuilder at = new StringBuilder();
        for (int i = 0; i < Math.min(6, trace.length); i++) {
            at.append(" < ").append(trace[i]);
        }
        return new Violation(Invariant.HOSTILE_FRAMES, name() + " threw " + e + at);
    }

    /**
     * As {@code kill -9}.
     *
     * @param isBetween after the sync agent's turn and before the journal agent's.
     */
    void kill(boolean isBetween, boolean losesPower) throws IOException {
        if (isBetween) {
            view.stepSync();
        }
        image.sample(view);
        image.noteForRestart(view);
        wasJournaled = view.isJournaled();
        wasClockWrong = isClockWrong();
        world.onLifeEnds(this);
        daemon.abandon();
        daemon = null;
        view = null;
        groupPorts.clear();
        if (world.planted() == Planted.FORGET_RING) {
            disk.loseRing();
        }
        if (losesPower || !wasJournaled) {
            world.allowRepairs();
        }
        // Nor does the memory of the dead outlive it.
        world.flows.forgetSeenBy(number);
        if (losesPower) {
            hasLostPower = true;
            lostPowerNs = world.nowNs();
            mayHaveLosses = true;
            disk.losePower(world.random());
        }
    }

    /** Frees everything, at the end of a run, however it ended. */
    void discard() {
        if (daemon != null) {
            daemon.abandon();
            daemon = null;
        }
    }

    /** Whether the journal had reason to lose something, so that a replay may say so. */
    boolean mayHaveLosses() {
        return mayHaveLosses;
    }

    /**
     * Whether its clock is off, or will be when it starts, or was and what set it right may still
     * be lost with the end of the journal.
     */
    boolean isClockWrong() {
        if (!isAlive()) {
            return hasLostPower ? wallOffsetMs != 0 : wasClockWrong;
        }
        return wrongIncarnation > 0
                && (view.incarnation() == wrongIncarnation || !isRecorded(wrongIncarnation + 1));
    }

    private boolean isRecorded(long incarnation) {
        long appended = view.counters().get(NodeCounter.JOURNAL_APPENDED);
        return view.incarnation() > incarnation
                || (appended >= TORN_LIMIT && appended == view.sequence());
    }

    private void noteClock() {
        if (Math.abs(view.timeMs() - world.trueMs()) > CLOCK_TOLERANCE_MS) {
            wrongIncarnation = view.incarnation();
        }
    }

    /** Whether its clock has run for longer than {@code ns}. */
    boolean isClockOlder(long ns) {
        return (isAlive() || !hasLostPower) && world.nowNs() - clockStartedNs > ns;
    }

    /** Whether what it said before it lost power may still be under way. */
    boolean hasJustLostPower() {
        return world.nowNs() - lostPowerNs < UNDER_WAY_NS;
    }

    /** Whether it starts by the wall clock next. */
    boolean hasLostPower() {
        return hasLostPower;
    }

    /** The wall clock is off from now on, or right again. */
    void wallOffset(long ms) {
        wallOffsetMs = ms;
    }

    /** The disk has no space, or has again. */
    void diskFull(boolean isFull) {
        mayHaveLosses = true;
        world.allowRepairs();
        disk.setFull(isFull);
    }

    int lives() {
        return lives;
    }

    Path dataDirectory() {
        return disk.data;
    }

    @Override
    public String toString() {
        if (view == null) {
            return name() + " dead";
        }
        return String.format(
                "%s life=%d states=%d digest=%016x at=%d/%d clock_off_ms=%d%s",
                name(),
                lives,
                view.table().size(),
                view.table().digest(),
                view.incarnation(),
                view.sequence(),
                view.timeMs() - world.trueMs(),
                view.describe(world.nowNs()));
    }
}
