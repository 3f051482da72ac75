package org.pfsyncd.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One run by one seed: a world is built, goes through troubles, becomes calm, must converge, and
 * must forget everything once its firewalls are dead. Every invariant is checked on the way.
 */
public final class Simulation {
    private static final long MS = 1_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long CONVERGENCE_LIMIT_NS = 60 * SECOND_NS;
    private static final long CALM_STEP_NS = 2 * MS;
    private static final long QUIET_STEP_NS = 10 * MS;
    private static final long SAMPLE_NS = 100 * MS;
    private static final long GRACE_MS = 10_000;
    private static final long FORGET_BOUND_MS = 10_000;

    private final SimSettings settings;
    private final long seed;
    private final World world;
    private final Troubles troubles;
    private final Checks checks;
    private final SplittableRandom random;
    private String topology = "";
    private long sampledNs;
    private long convergedNs;
    private long statesThen;
    private int lives;

    private Simulation(SimSettings settings, long seed) {
        this.settings = settings;
        this.seed = seed;
        world = new World(seed, settings.planted());
        troubles = new Troubles(world);
        checks = new Checks(world);
        random = world.random().split();
    }

    /** Runs one seed; never throws for what a run finds. */
    public static SimReport run(SimSettings settings, long seed) {
        Path root = settings.directory().resolve("seed-" + seed);
        Simulation simulation = new Simulation(settings, seed);
        try {
            Files.createDirectories(root);
            simulation.live(root);
            return simulation.report(null);
        } catch (Violation e) {
            return simulation.report(e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the simulation cannot write to " + root + "; give it another directory", e);
        } finally {
            simulation.world.nodes.forEach(SimNode::discard);
            delete(root);
        }
    }

    private void live(Path root) throws IOException {
        topology = new Builder(world, seed).build(root, settings.store()).topology();
        for (SimNode node : world.nodes) {
            node.start();
        }
        suffer();
        converge();
        forget();
        for (SimNode node : world.nodes) {
            lives += node.lives();
            world.trace.add(node.view().table().digest());
            world.trace.add(node.view().sequence());
        }
    }

    private void suffer() throws IOException {
        long lengthNs = 6 * SECOND_NS + random.nextLong(10 * SECOND_NS);
        long stepNs = random.nextInt(6) == 0 ? MS / 4 : MS + random.nextLong(3 * MS);
        troubles.plan(lengthNs);
        new Recording(world, random.split()).plan(troubles, lengthNs);
        long endNs = world.nowNs() + lengthNs;
        while (world.nowNs() - endNs < 0) {
            world.step(stepNs);
            troubles.work();
            sampleIfDue(SAMPLE_NS);
            if (random.nextInt(4_000) == 0) {
                checks.journalIsMirror(world.nodes.get(random.nextInt(world.nodes.size())));
            }
        }
    }

    private void sampleIfDue(long pauseNs) {
        if (world.nowNs() - sampledNs >= pauseNs) {
            sampledNs = world.nowNs();
            checks.sample();
        }
    }

    private void converge() throws IOException {
        troubles.end();
        world.firewalls.forEach(Firewall::quiet);
        long startNs = world.nowNs();
        while (!world.isEqual()) {
            if (world.nowNs() - startNs > CONVERGENCE_LIMIT_NS) {
                throw new Violation(
                        Invariant.CONVERGENCE,
                        "not equal "
                                + (world.nowNs() - startNs) / MS
                                + " ms after the last fault:"
                                + world.describe()
                                + new Differences(world).describe());
            }
            world.step(CALM_STEP_NS);
            troubles.work();
            sampleIfDue(SAMPLE_NS);
        }
        convergedNs = world.nowNs() - startNs;
        statesThen = world.nodes.get(0).view().table().size();
        checks.sample();
        checks.deletedIsGone();
        if (world.repaired() > 0 && !world.mayRepair()) {
            throw new Violation(
                    Invariant.CONVERGENCE,
                    world.repaired()
                            + " states had to be repaired though nothing was lost"
                            + world.describe());
        }
        for (SimNode node : world.nodes) {
            checks.journalIsMirror(node);
        }
    }

    /** The firewalls die without a word; their states end by their timeouts. */
    private void forget() throws IOException {
        world.firewalls.forEach(Firewall::die);
        long waitMs = Flow.ESTABLISHED_SECONDS * 1000L + GRACE_MS + FORGET_BOUND_MS;
        long endNs = world.nowNs() + waitMs * MS;
        while (world.nowNs() - endNs < 0) {
            world.step(QUIET_STEP_NS);
            sampleIfDue(SECOND_NS);
        }
        checks.nothingLeft(waitMs);
        rest();
        for (SimNode node : world.nodes) {
            checks.journalIsMirror(node);
        }
    }

    /** With nothing in any table there is nothing to say. */
    private void rest() {
        long saidBefore = checks.documentsWritten();
        long endNs = world.nowNs() + SECOND_NS;
        while (world.nowNs() - endNs < 0) {
            world.step(QUIET_STEP_NS);
        }
        checks.fellSilent(saidBefore);
    }

    private SimReport report(Violation violation) {
        return new SimReport(
                seed,
                topology,
                violation == null ? 0 : violation.invariant().number(),
                violation == null ? "" : violation.invariant().meaning(),
                violation == null ? "" : violation.getMessage(),
                world.trace.value(),
                new SimReport.Effort(
                        world.elapsedNs(),
                        convergedNs,
                        statesThen,
                        world.flows.size(),
                        world.trace.frames(),
                        world.trace.bytes(),
                        lives,
                        world.repaired(),
                        world.firewalls.stream().mapToLong(Firewall::answered).sum()),
                troubles.log());
    }

    private static void delete(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(root + " cannot be removed", e);
        }
    }
}
