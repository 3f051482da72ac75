package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CompositeAgent;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.group.GroupMetrics;
import org.pfsyncd.group.PfsyncGroup;
import org.pfsyncd.journal.Janitor;
import org.pfsyncd.journal.Journal;
import org.pfsyncd.journal.JournalAgent;
import org.pfsyncd.journal.JournalPublisher;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.journal.JournalRing;
import org.pfsyncd.journal.JournalStore;
import org.pfsyncd.journal.OpenPayload;
import org.pfsyncd.journal.Recovery;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.LatencyLog;
import org.pfsyncd.metrics.MetricsFile;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.net.Port;
import org.pfsyncd.os.ProcessLock;
import org.pfsyncd.replay.ReplayLimit;
import org.pfsyncd.replay.Replayed;
import org.pfsyncd.replay.Replayer;
import org.pfsyncd.wire.ClockShift;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: lock, replay, new incarnation, agents. Built and closed by one thread; between {@link
 * #start} and {@link #close} the agents run on theirs, or, in invoker mode, when {@link #step} is
 * called.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Daemon.class);
    private static final long LOG_INTERVAL_NS = 10_000_000_000L;
    private static final long LATENCY_INTERVAL_MS = 10_000; // 20 KB of heap each

    private final PfsyncdConfig config;
    private final Surroundings surroundings;
    private final Directories directories;
    private final JournalPlace place;
    private final PortFactory ports;
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final SyncCommands commands = new SyncCommands();

    private MetricsFile metrics;
    private CounterSet<NodeCounter> counters;
    private NodeClock nodeClock;
    private LatencyLog latencies;
    private Replayed replayed;
    private JournalAgent journalAgent;
    private Janitor janitor;
    private AgentThreads threads;
    private LinkAgent linkAgent;
    private Peers peers;
    private Journal journal;
    private SplittableRandom random;
    private long nodeId;
    private long writtenMs;
    private SyncAgent syncAgent;
    private JournalRing ring;
    private long replayedDigest;

    public Daemon(PfsyncdConfig config, Surroundings surroundings, PortFactory ports) {
        this.config = config;
        this.surroundings = surroundings;
        this.ports = ports;
        directories = new Directories(config.node().dataDir(), config.node().runDir());
        place = new JournalPlace(config.journal(), directories, surroundings.memory());
    }

    /**
     * Brings the node up to where it can receive: takes the lock, replays, begins an incarnation,
     * opens the ports.
     *
     * @throws IOException with a message for the operator if a file or directory refuses.
     */
    public Daemon open() throws IOException {
        try {
            build();
            return this;
        } catch (IOException | RuntimeException e) {
            closeAll();
            throw e;
        }
    }

    private void build() throws IOException {
        directories.create();
        closeLast(ProcessLock.take(directories.data()));
        random = new SplittableRandom(surroundings.seed());
        nodeId = NodeId.of(directories.data(), random);
        long startMs = surroundings.epoch().time();
        int pid = (int) ProcessHandle.current().pid();
        metrics = closeLast(MetricsFile.create(directories.counters(), pid, startMs));
        Counters allocator = metrics.counters();
        counters = allocator.node();
        latencies = closeLast(new LatencyLog(directories.latencies(), startMs));
        RunFile clockFile = closeLast(new RunFile(directories.clock(), SavedClock.LENGTH));
        RunFile.reserve(directories, config.groups()); // before the ring takes what is left
        Files.createDirectories(directories.journal());
        closeLast(place).prepareRing();
        Preload.await();
        JournalRing left = place.leftRing();
        replayed = replay(left);
        StartClock startClock = StartClock.of(surroundings, clockFile, replayed, config);
        nodeClock = startClock.nodeClock();
        adopt(startClock);
        JournalPublisher publisher = openJournal(left);
        buildPeers(allocator, publisher, startClock.clusterClock());
        startClock.clusterClock().dueIn(publisher.incarnation() + 1);
        syncAgent = buildSync(allocator, publisher);
        syncAgent.prime(surroundings.nano().nanoTime());
        syncAgent.publishOpen(
                new OpenPayload(
                        replayed.incarnation(),
                        replayed.sequence(),
                        replayed.sequence(),
                        replayed.table().size(),
                        replayed.table().digest(),
                        ClockShift.whole(startClock.shiftMs()),
                        false,
                        startClock.goesOn()));
        threads = new AgentThreads(config.node().idle(), counters);
        writtenMs = startMs;
        new StartReport(config, replayed, syncAgent.publisher().incarnation()).tell(startClock);
    }

    private Replayed replay(JournalRing left) throws IOException {
        Journal journal = place.journal();
        try (JournalReader reader = new JournalReader(journal.store(), left)) {
            return new Replayer(reader, Settings.table(config), counters).replay(ReplayLimit.NONE);
        }
    }

    /** The replayed table lives on; nothing in it is believed until a living source speaks. */
    private void adopt(StartClock startClock) {
        closeLast(replayed.table());
        if (startClock.shiftMs() != 0) {
            replayed.table().shiftTimes(ClockShift.whole(startClock.shiftMs()));
        }
        replayed.table().knowledge().ownId(nodeId);
        replayed.table().breakRule(surroundings.sabotage().brokenRule());
        replayed.table().markAllUnconfirmed(startClock.goesOn());
        replayedDigest = replayed.table().digest();
    }

    private JournalPublisher openJournal(JournalRing left) throws IOException {
        place.requireRing(); // a disk without room for it ends the start before a new incarnation
        journal = place.journal();
        EventLog log = new EventLog(LOGGER, counters, JournalAgent.LOG_CAUSES, LOG_INTERVAL_NS);
        EventLog janitorLog = new EventLog(LOGGER, counters, Janitor.LOG_CAUSES, LOG_INTERVAL_NS);
        long incarnation = journal.store().nextIncarnation();
        incarnation = Math.max(incarnation, left == null ? 0 : left.incarnation() + 1);
        journalAgent = new JournalAgent(journal, left, counters, log, nodeClock);
        janitor = new Janitor(journal, journalAgent, janitorLog, nodeClock);
        int carried =
                new Recovery(journal)
                        .begin(incarnation, left, journalAgent, janitor, nodeClock.time());
        if (carried > 0) {
            LOGGER.info("journal ring recovered documents={}", carried);
        }
        ring = closeLast(place.newRing());
        journalAgent.ring(ring);
        if (left != null) {
            left.close();
        }
        JournalPublisher publisher = new JournalPublisher(ring, counters);
        publisher.startIncarnation(incarnation);
        return publisher;
    }

    private void buildPeers(
            Counters allocator, JournalPublisher publisher, ClusterClock clusterClock) {
        replayed.table().originNode(replayed.names().intern(config.node().name()));
        EventLog log = new EventLog(LOGGER, counters, Peers.LOG_CAUSES, LOG_INTERVAL_NS);
        peers =
                new Peers(
                        new Peers.Identity(nodeId, config.node().name()),
                        new Peers.Parts(
                                nodeClock,
                                clusterClock,
                                publisher,
                                journal.store(),
                                replayed.batch(),
                                replayed.table(),
                                counters,
                                log));
        PeerWiring wiring =
                new PeerWiring(
                        peers,
                        new PeerWiring.Parts(
                                replayed,
                                publisher,
                                journal.store(),
                                allocator,
                                surroundings.sabotage()));
        linkAgent = wiring.build(config.peers(), ports, random, surroundings.nano());
    }

    private SyncAgent buildSync(Counters allocator, JournalPublisher publisher) throws IOException {
        Snapshotter snapshotter =
                new Snapshotter(
                        replayed.table(),
                        replayed.names(),
                        publisher,
                        counters,
                        config.journal().snapshotBytesPerSecond());
        SyncParts parts =
                new SyncParts(
                        surroundings.nano(),
                        nodeClock,
                        replayed.table(),
                        replayed.batch(),
                        publisher,
                        journalAgent,
                        commands,
                        peers,
                        counters,
                        latencies);
        List<GroupRuntime> groups = new ArrayList<>();
        for (GroupConfig group : config.groups()) {
            groups.add(buildGroup(group, allocator));
        }
        return new SyncAgent(parts, groups, snapshotter);
    }

    private GroupRuntime buildGroup(GroupConfig group, Counters allocator) throws IOException {
        Port port = ports.open(group);
        EventLog log =
                new EventLog(LOGGER, counters, PfsyncGroup.Cause.values().length, LOG_INTERVAL_NS);
        GroupMetrics groupMetrics = new GroupMetrics(allocator.group(group.name()), log);
        RunFile budget =
                closeLast(new RunFile(directories.budget(group.name()), RunFile.BUDGET_LENGTH));
        GroupMirror mirror = new GroupMirror(replayed.table(), replayed.names(), group.realm());
        PfsyncGroup rules =
                new PfsyncGroup(Settings.group(group), port, mirror, groupMetrics, budget.buffer());
        rules.mapInterfaces(group.names());
        if (group.role().equals("relay")) {
            rules.announce(Settings.announcing(group, nodeId, random.nextLong()));
        }
        int nameId = replayed.names().intern(group.name());
        int realm = replayed.names().intern(group.realm());
        return new GroupRuntime(rules, port, nameId, group.syncdev(), group.role(), realm);
    }

    /** Starts the agents on their threads. */
    public void start() {
        List<Agent> agents =
                config.node().mode().equals("dedicated")
                        ? List.of(syncAgent, journalAgent, linkAgent)
                        : List.of(new CompositeAgent(syncAgent, journalAgent, linkAgent));
        threads.start(agents, this::janitorStep);
    }

    private int janitorStep() {
        int workCount = janitor.step();
        long nowMs = nodeClock.time();
        if (Math.abs(nowMs - writtenMs) >= LATENCY_INTERVAL_MS) {
            writtenMs = nowMs;
            latencies.writeInterval(nowMs);
        }
        return workCount;
    }

    /**
     * One cycle of every agent and the janitor on the calling thread: invoker mode. Returns work
     * done.
     */
    public int step() {
        return syncAgent.doWork() + stepBehindSync();
    }

    /** The rest of {@link #step}: a simulation may kill the node in between. */
    int stepBehindSync() {
        int workCount = journalAgent.doWork() + linkAgent.doWork();
        janitor.step();
        return workCount;
    }

    /** What the control socket asks. */
    public DaemonControl control() {
        return new DaemonControl(this);
    }

    PfsyncdConfig config() {
        return config;
    }

    SyncCommands commands() {
        return commands;
    }

    Replayed replayed() {
        return replayed;
    }

    long replayedDigest() {
        return replayedDigest;
    }

    CounterSet<NodeCounter> counters() {
        return counters;
    }

    NodeClock nodeClock() {
        return nodeClock;
    }

    MetricsFile metrics() {
        return metrics;
    }

    /** Where the node keeps its files. */
    public Directories directories() {
        return directories;
    }

    Peers peers() {
        return peers;
    }

    /** The node's id among others. */
    public long nodeId() {
        return nodeId;
    }

    SyncAgent syncAgent() {
        return syncAgent;
    }

    JournalStore store() {
        return journal.store();
    }

    private <T extends AutoCloseable> T closeLast(T closeable) {
        closeables.add(closeable);
        return closeable;
    }

    /** What a simulation looks at between steps. */
    public DaemonView view() {
        return new DaemonView(this);
    }

    /**
     * As {@code kill -9} ends it, in invoker mode: memory and files are given back, and nothing
     * more is published, appended or sent.
     */
    public void abandon() {
        journalAgent.abandon();
        linkAgent.onClose();
        syncAgent.abandon();
        closeAll();
    }

    /**
     * A clean end: the agents publish and append what they have, then everything closes in reverse.
     */
    @Override
    public void close() {
        if (threads != null && !threads.isStarted()) {
            syncAgent.onClose();
            for (int i = 0; i < 1000 && journalAgent.doWork() > 0; i++) {
                janitor.step();
            }
            journalAgent.onClose();
            linkAgent.onClose();
        }
        if (threads != null) {
            threads.close();
        }
        closeAll();
    }

    private void closeAll() {
        for (int i = closeables.size() - 1; i >= 0; i--) {
            try {
                closeables.get(i).close();
            } catch (Exception e) {
                LOGGER.warn(
                        "close failed what={} error=\"{}\"",
                        closeables.get(i).getClass().getSimpleName(),
                        e.getMessage(),
                        e);
            }
        }
        closeables.clear();
    }
}
