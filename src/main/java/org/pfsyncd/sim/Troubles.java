package org.pfsyncd.sim;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.net.SimFaults;
import org.pfsyncd.net.SimPort;

/** What goes wrong in a run, by the seed: when, where, for how long. */
final class Troubles {
    static final SimFaults CALM = new SimFaults(50_000, 100_000, 0, 0, 0, 0);

    private static final long MS = 1_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long HOUR_MS = 3_600_000;
    private static final long ONE_AGE_NS = 3 * SECOND_NS / 2;

    /** Long enough for a bulk update to be asked for, answered, waited out and swept behind. */
    private static final long ALONE_NS = 6 * SECOND_NS;

    private static final int FORGOTTEN_PER_MILLE = 500;
    private static final int KINDS = 13;

    private final World world;
    private final SplittableRandom random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::atNs).thenComparingInt(Event::number));
    private final List<String> log = new ArrayList<>();
    private int lastNumber;
    private boolean isOver;

    /** Something that happens at an instant. */
    private record Event(long atNs, int number, Happening happening) {}

    /** What. */
    interface Happening {
        void happen() throws IOException;
    }

    Troubles(World world) {
        this.world = world;
        random = world.random().split();
    }

    /** Plans the troubles of the first {@code lengthNs}. */
    void plan(long lengthNs) {
        weather();
        int count = 3 + random.nextInt(10);
        for (int i = 0; i < count; i++) {
            long atNs = world.nowNs() + random.nextLong(lengthNs);
            at(atNs, this::something);
        }
        long stormsNs = world.nowNs();
        while (stormsNs - world.nowNs() < lengthNs) {
            stormsNs += SECOND_NS / 2 + random.nextLong(3 * SECOND_NS);
            at(stormsNs, this::weather);
        }
    }

    private void at(long atNs, Happening happening) {
        events.add(new Event(atNs, lastNumber++, happening));
    }

    void later(long ns, Happening happening) {
        at(world.nowNs() + ns, happening);
    }

    /** What is due happens. */
    void work() throws IOException {
        while (!events.isEmpty() && events.peek().atNs - world.nowNs() <= 0) {
            events.poll().happening.happen();
        }
    }

    /** Everything is well from now on; what was begun is undone. */
    void end() throws IOException {
        isOver = true;
        events.clear();
        world.peers().heal();
        world.peers().faults(CALM);
        world.segments().faults(CALM);
        bulkLoss(0);
        for (SimNode node : world.nodes) {
            restart(node);
            node.disk.setFull(false);
            node.disk.setStalled(false);
        }
        say("calm");
    }

    private void say(String what) {
        log.add(String.format("%.3f %s", world.elapsedNs() / 1e9, what));
    }

    List<String> log() {
        return log;
    }

    /** The networks' faults change. */
    private void weather() {
        boolean isFair = random.nextInt(3) == 0;
        SimFaults faults =
                new SimFaults(
                        random.nextLong(2 * MS),
                        random.nextLong(3 * MS),
                        isFair ? 0 : random.nextInt(100_000),
                        random.nextInt(50_000),
                        random.nextInt(100_000),
                        random.nextLong(10 * MS),
                        isFair ? 0 : random.nextInt(50_000),
                        Integer.MAX_VALUE);
        world.peers().faults(faults);
        world.segments()
                .faults(
                        new SimFaults(
                                20_000,
                                random.nextLong(MS),
                                isFair ? 0 : random.nextInt(20_000),
                                random.nextInt(10_000),
                                random.nextInt(10_000),
                                random.nextLong(5 * MS)));
    }

    private void something() throws IOException {
        SimNode node = world.nodes.get(random.nextInt(world.nodes.size()));
        switch (random.nextInt(KINDS)) {
            case 0 -> cut(node, true);
            case 1 -> cut(node, false);
            case 2 -> isolate(node, random.nextLong(10 * SECOND_NS));
            case 3 -> blackHole(node);
            case 4, 5, 6 -> kill(node);
            case 7 -> disk(node);
            case 8 -> jump(node);
            case 9 -> firewall();
            case 10 -> restartAlone(node);
            case 11 -> rebootAlone(node);
            default -> hostile(node);
        }
    }

    private void cut(SimNode node, boolean isFull) {
        String other = SimNode.address(peerOf(node));
        say((isFull ? "cut " : "one-way cut ") + node.name() + " to " + other);
        world.peers().cut(node.address(), other);
        if (isFull) {
            world.peers().cut(other, node.address());
        }
        later(random.nextLong(8 * SECOND_NS), this::heal);
    }

    private int peerOf(SimNode node) {
        return node.peers().get(random.nextInt(node.peers().size()));
    }

    private void heal() {
        say("heal");
        world.peers().heal();
    }

    private void isolate(SimNode node, long forNs) {
        say("isolate " + node.name());
        for (int peer : node.peers()) {
            world.peers().partition(node.address(), SimNode.address(peer));
        }
        later(forNs, this::heal);
    }

    /**
     * A node restarts while it hears no peer, and what its firewalls tell it of their tables is not
     * whole: what it then concludes from their silence is wrong.
     */
    private void restartAlone(SimNode node) throws IOException {
        if (!node.isAlive() || node.disk.isFull()) {
            return;
        }
        isolate(node, ALONE_NS);
        say("bulk answers lose states, kill " + node.name());
        bulkLoss(FORGOTTEN_PER_MILLE);
        later(ALONE_NS, () -> bulkLoss(0));
        node.disk.setStalled(false);
        node.kill(random.nextBoolean(), false);
        later(random.nextLong(SECOND_NS / 2), () -> restart(node));
    }

    /** The machine of a node reboots with a wrong clock, and the node hears no peer for a while. */
    private void rebootAlone(SimNode node) throws IOException {
        if (!node.isAlive() || node.disk.isFull() || isAClockWrong() || !mayBeWrong(node)) {
            return;
        }
        isolate(node, random.nextLong(10 * SECOND_NS));
        long offMs = (2 * random.nextInt(2) - 1) * (1 + random.nextLong(HOUR_MS));
        say("kill " + node.name() + " by power loss, its clock is off by ms " + offMs);
        node.disk.setStalled(false);
        node.kill(random.nextBoolean(), true);
        node.wallOffset(offMs);
        later(random.nextLong(SECOND_NS / 2), () -> restart(node));
    }

    private void bulkLoss(int perMille) {
        world.firewalls.forEach(firewall -> firewall.bulkLoss(perMille));
    }

    private void blackHole(SimNode node) {
        int longest = 600 + random.nextInt(800);
        String other = SimNode.address(peerOf(node));
        say("black hole over " + longest + " bytes " + node.name() + " to " + other);
        world.peers().blackHole(node.address(), other, longest);
        later(random.nextLong(10 * SECOND_NS), this::heal);
    }

    private void kill(SimNode node) throws IOException {
        if (!node.isAlive()) {
            return;
        }
        if (random.nextBoolean()) {
            // Documents gather in the ring before it happens.
            node.disk.setStalled(true);
            later(random.nextLong(SECOND_NS / 2), () -> die(node));
        } else {
            die(node);
        }
    }

    private void die(SimNode node) throws IOException {
        if (!node.isAlive()) {
            return;
        }
        node.disk.setStalled(false);
        boolean losesPower = random.nextInt(4) == 0 && !isAClockWrong();
        boolean isBetween = random.nextBoolean();
        say("kill " + node.name() + (losesPower ? " by power loss" : ""));
        node.kill(isBetween, losesPower);
        if (random.nextInt(3) == 0) {
            long offMs = random.nextInt(3) == 0 ? 0 : (2 * random.nextInt(2) - 1) * HOUR_MS;
            node.wallOffset(offMs);
            say("clock of " + node.name() + " is off by ms " + offMs);
        }
        if (losesPower && !mayBeWrong(node)) {
            node.wallOffset(0);
        }
        later(random.nextLong(6 * SECOND_NS), () -> restart(node));
    }

    private void restart(SimNode node) throws IOException {
        if (node.isAlive()) {
            return;
        }
        say("start " + node.name());
        // A start on a slow disk takes as long as the disk does.
        node.disk.setStalled(false);
        node.start();
    }

    private void disk(SimNode node) {
        if (random.nextBoolean()) {
            say("disk full " + node.name());
            node.diskFull(true);
            later(random.nextLong(4 * SECOND_NS), () -> node.disk.setFull(false));
        } else {
            say("disk slow " + node.name());
            node.disk.setStalled(true);
            later(random.nextLong(2 * SECOND_NS), () -> node.disk.setStalled(false));
        }
    }

    private boolean isAClockWrong() {
        return world.nodes.stream().anyMatch(SimNode::isClockWrong);
    }

    /** One clock at a time may be wrong at a boot; those of the others are right, and older. */
    private boolean mayBeWrong(SimNode node) {
        return world.nodes.stream()
                .allMatch(other -> other == node || other.isClockOlder(ONE_AGE_NS));
    }

    private void jump(SimNode node) {
        if (node.hasLostPower()) {
            return;
        }
        long offMs = (random.nextInt(3) - 1) * HOUR_MS;
        node.wallOffset(offMs);
        say("clock of " + node.name() + " jumps to be off by ms " + offMs);
    }

    private void firewall() {
        Firewall firewall = world.firewalls.get(random.nextInt(world.firewalls.size()));
        if (random.nextInt(3) > 0) {
            say("reboot of firewall " + firewall.number);
            firewall.reboot();
        } else {
            say("clear of firewall " + firewall.number);
            firewall.clear();
        }
    }

    /** A burst of frames that nobody sound would send. */
    private void hostile(SimNode node) {
        int burst = 1 + random.nextInt(60);
        say(burst + " hostile frames to " + node.name());
        for (int i = 0; i < burst; i++) {
            later(random.nextLong(SECOND_NS), () -> hostileFrame(node));
        }
    }

    private void hostileFrame(SimNode node) {
        if (!node.isAlive() || isOver) {
            return;
        }
        world.hostile.toPeerPort(
                world.peers(), node.peerPort.inner(), SimNode.address(peerOf(node)));
        for (Firewall firewall : world.firewalls) {
            SimPort port = node.groupPorts.get(SimNode.segmentName(firewall.number, 0));
            if (port != null) {
                UnsafeBuffer sound = new UnsafeBuffer(firewall.strangeFrame());
                world.hostile.toGroupPort(
                        world.segments(), port, firewall.address(), sound.byteArray());
            }
        }
    }
}
