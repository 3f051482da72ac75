package org.pfsyncd.pfhost;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.SimNetwork;
import org.pfsyncd.net.SimPort;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * One scenario in virtual time: hosts and traffic, with or without a daemon, in one thread. What
 * the hosts went through is in {@link #harm}; what is wrong with the mirror in {@link #problems}.
 */
final class GroupRun {
    private static final long STEP_NS = 10_000_000L;
    private static final long SLOW_STEP_NS = 100_000_000L;
    private static final long PAUSE_NS = 3 * Scenario.SECOND_NS;
    private static final long SETTLE_NS = 100 * Scenario.SECOND_NS;
    private static final String SEGMENT = "g";

    /** Instead of a daemon, a member that does harm. */
    static final String PRETENDER = "pretender";

    final Scenario scenario;
    final List<PfHost> hosts = new ArrayList<>();
    final Harm harm = new Harm();
    final List<String> problems = new ArrayList<>();
    SimDaemon daemon;
    private final SimNetwork network;
    private final List<Talk> talks = new ArrayList<>();
    private final List<FatePort> lines = new ArrayList<>();
    private final List<SimPort> ports = new ArrayList<>();
    private final Map<Integer, Traffic> traffic = new LinkedHashMap<>();
    private final SimPort stranger;
    private final String role;
    private MirrorCheck mirror;
    private Pretender pretender;
    private long nowNs = Scenario.START_NS;
    private int storm;
    private int nextTrouble;

    /**
     * @param role of the daemon, or null for none.
     */
    GroupRun(Scenario scenario, String role, Path directory) throws IOException {
        this.scenario = scenario;
        this.role = role;
        network = new SimNetwork(scenario.seed);
        network.advance(nowNs);
        SplittableRandom random = new SplittableRandom(scenario.seed ^ 0x5CE7A210L);
        for (int i = 0; i < scenario.hosts.size(); i++) {
            SimPort port = network.attach(SEGMENT, "10.0.0." + (i + 1)).queueLimit(65_536);
            ports.add(port);
            FatePort line = new FatePort(port, () -> nowNs, scenario.seed * 131 + i);
            lines.add(line);
            Talk talk = new Talk(line, () -> nowNs).countOnly();
            talks.add(talk);
            hosts.add(new PfHost(scenario.hosts.get(i), talk, nowNs));
            hosts.get(i).upInSync();
        }
        stranger = network.attach(SEGMENT, "10.0.0.66");
        for (int family : new int[] {5, 6}) {
            List<PfHost> members = new ArrayList<>();
            for (int i = 0; i < hosts.size(); i++) {
                if (scenario.family(i) == family) {
                    members.add(hosts.get(i));
                }
            }
            if (!members.isEmpty()) {
                traffic.put(
                        family, new Traffic(family, members, random.split(), scenario.meanNewNs));
            }
        }
        if (PRETENDER.equals(role)) {
            pretender = new Pretender(network.attach(SEGMENT, "10.0.0.98"));
        } else if (role != null) {
            daemon = new SimDaemon(network, () -> nowNs, scenario.seed, directory, groupText());
            daemon.start();
            mirror = new MirrorCheck(this);
        }
    }

    private String groupText() {
        String creator =
                scenario.hasOwnCreator
                        ? String.format("creatorid = \"%08x\"\n", scenario.hosts.get(0).hostId)
                        : "";
        return """
        [[group]]
        name = "%s"
        syncdev = "sync0"
        role = "%s"
        %s
        """
                .formatted(SEGMENT, role, creator);
    }

    List<Talk> talks() {
        return talks;
    }

    long nowNs() {
        return nowNs;
    }

    /** All of it. */
    GroupRun run() throws IOException {
        try {
            weather(scenario.lossPerMillion, scenario.latePerMillion);
            runUntil(scenario.troubleUntilNs, STEP_NS);
            weather(0, 0);
            runUntil(scenario.calmUntilNs, STEP_NS);
            traffic.values().forEach(all -> all.quiet(true));
            runUntil(scenario.calmUntilNs + PAUSE_NS, STEP_NS);
            check();
            runUntil(scenario.calmUntilNs + PAUSE_NS + SETTLE_NS, SLOW_STEP_NS);
            checkEnd();
        } finally {
            if (daemon != null) {
                daemon.kill();
            }
        }
        return this;
    }

    private void weather(int loss, int lateness) {
        lines.forEach(line -> line.weather(loss, lateness));
        if (daemon != null) {
            daemon.lines.values().forEach(line -> line.weather(loss, lateness));
        }
    }

    private void runUntil(long untilNs, long stepNs) throws IOException {
        while (nowNs < untilNs) {
            nowNs += stepNs;
            network.advance(nowNs);
            for (PfHost host : hosts) {
                host.work(nowNs);
            }
            while (nextTrouble < scenario.troubles.size()
                    && scenario.troubles.get(nextTrouble).atNs() <= nowNs) {
                strike(scenario.troubles.get(nextTrouble++));
            }
            if (storm > 0 && storm-- % 10 == 0) {
                storm();
            }
            for (Traffic all : traffic.values()) {
                all.work(nowNs);
            }
            if (pretender != null) {
                pretender.work();
            }
            if (daemon != null) {
                daemon.step();
                if (nowNs % (Scenario.SECOND_NS / 2) < stepNs) {
                    mirror.sample();
                }
            }
        }
    }

    private void strike(Scenario.Trouble trouble) throws IOException {
        PfHost host = hosts.get(trouble.host());
        switch (trouble.kind()) {
            case OFF -> {
                traffic.values().forEach(all -> all.onPowerOff(host));
                host.powerOff();
            }
            case ON, ON_REPEATING_IDS -> {
                if (!host.isOn()) {
                    host.boot(trouble.kind() == Scenario.Kind.ON_REPEATING_IDS);
                }
            }
            case SYNCDEV_GONE -> {
                ports.get(trouble.host()).removeInterface();
                host.syncdevVanishes();
            }
            case SYNCDEV_BACK -> {
                ports.get(trouble.host()).createInterface();
                host.syncdevReturns();
            }
            case RECONFIGURE -> host.up();
            case CLEAR -> {
                if (host.isOn()) {
                    host.clearStates();
                }
            }
            case STORM -> storm = 200;
            case DAEMON_KILLED -> {
                if (daemon != null) {
                    harm.isAnswerCut |= daemon.talks.get(SEGMENT).isAnswering();
                    daemon.kill();
                    daemon.start();
                    mirror.forget();
                    weather(scenario.lossPerMillion, scenario.latePerMillion);
                }
            }
        }
    }

    /** Requests for everything and changes of states that nobody has, from a stranger. */
    private void storm() {
        NameTable names = new NameTable();
        for (Dialect dialect : new Dialect[] {Dialect.V6, Dialect.V1301}) {
            FrameBuilder frame = FrameBuilder.of(dialect).names(names).bulkRequest();
            for (int i = 0; i < 10; i++) {
                StateRecord strange =
                        new StateRecords(names, Scenario.EPOCH_MS)
                                .tcp(900_000 + storm * 10 + i, 0x66666666)
                                .record();
                frame.updateCompressed(strange);
            }
            byte[] bytes = frame.bytes();
            stranger.send(new UnsafeBuffer(bytes), 0, bytes.length);
        }
    }

    private void check() {
        traffic.forEach(this::check);
        for (PfHost host : hosts) {
            harm.demotedMs += host.demotion().totalNs(nowNs) / 1_000_000;
            harm.asking += host.isAsking() ? 1 : 0;
        }
        talks.forEach(talk -> harm.told += talk.count(MessageKind.UPD));
        if (daemon != null) {
            mirror.checkConverged();
            mirror.checkKinds(role);
        }
    }

    private void check(int family, Traffic of) {
        int number = 0;
        for (Conversation conversation : of.all()) {
            int missing = conversation.isAlive() ? check(family, conversation) : 0;
            harm.note(family + " " + number++, conversation, missing);
        }
    }

    /** Hosts that lack a living connection. */
    private int check(int family, Conversation conversation) {
        int missing = 0;
        for (PfHost host : hosts) {
            boolean isOfFamily =
                    host.settings().system.dialect.headerVersion() == family && host.isOn();
            if (!isOfFamily) {
                continue;
            }
            HostState in = host.in(conversation.flow);
            if (!host.has(conversation.flow)) {
                missing++;
            } else if (conversation.flow.proto == Flow.TCP
                    && HostMerge.isAfter(conversation.clientSeq(), in.record.src().seqlo())) {
                harm.behind++;
            }
        }
        return missing;
    }

    private void checkEnd() {
        for (PfHost host : hosts) {
            harm.left += host.states().size();
        }
        if (daemon != null && daemon.size() > 0) {
            StringBuilder text = new StringBuilder("ghosts at the end:");
            daemon.forEach(record -> text.append(' ').append(record));
            problems.add(text.toString());
        }
    }
}
