package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pfsyncd.wire.Dialect;

/** What happens in a simulated group, all of it decided by one seed. */
final class Scenario {
    static final int TIMEOUT_S = 8;
    static final int ESTABLISHED_S = 30;
    static final long EPOCH_MS = 1_800_000_000_000L;
    static final long SECOND_NS = 1_000_000_000L;

    /** A firewall's clock starts here, that of the network too. */
    static final long START_NS = 7 * SECOND_NS;

    final long seed;
    final List<PfHostSettings> hosts = new ArrayList<>();
    final List<Trouble> troubles = new ArrayList<>();
    final int lossPerMillion;
    final int latePerMillion;
    final long meanNewNs;
    final long troubleUntilNs;
    final long calmUntilNs;
    final boolean hasOwnCreator;
    private boolean isHealthy;
    private boolean isHasty;
    final String group;

    /** What goes wrong, when, and with which host. */
    record Trouble(long atNs, Kind kind, int host) {
        @Override
        public String toString() {
            return String.format("%.2fs %s host %d", (atNs - START_NS) / 1e9, kind, host);
        }
    }

    enum Kind {
        OFF,
        ON,
        ON_REPEATING_IDS,
        SYNCDEV_GONE,
        SYNCDEV_BACK,
        RECONFIGURE,
        CLEAR,
        STORM,
        DAEMON_KILLED
    }

    /**
     * @param troubledS seconds in which things go wrong.
     */
    Scenario(long seed, int troubledS) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        troubleUntilNs = START_NS + troubledS * SECOND_NS;
        calmUntilNs = troubleUntilNs + 15 * SECOND_NS;
        group = chooseHosts(random);
        boolean isFair = random.nextInt(4) == 0;
        lossPerMillion = isFair ? 0 : random.nextInt(300_001);
        latePerMillion = isFair ? 0 : random.nextInt(50_001);
        meanNewNs = SECOND_NS / 5 + random.nextLong(SECOND_NS);
        hasOwnCreator = random.nextInt(4) == 0;
        long at = START_NS + 5 * SECOND_NS;
        while (at < troubleUntilNs - 12 * SECOND_NS) {
            add(at, random);
            at += 3 * SECOND_NS + random.nextLong(12 * SECOND_NS);
        }
        troubles.sort(java.util.Comparator.comparingLong(Trouble::atNs));
    }

    private String chooseHosts(SplittableRandom random) {
        int form = random.nextInt(7);
        List<PfSystem> systems =
                switch (form) {
                    case 0 -> List.of(PfSystem.FREEBSD_12, PfSystem.FREEBSD_12);
                    case 1 -> List.of(PfSystem.FREEBSD_14, PfSystem.FREEBSD_15);
                    case 2 -> List.of(PfSystem.OPENBSD, PfSystem.OPENBSD_57);
                    case 3 -> List.of(PfSystem.OPENBSD, PfSystem.OPENBSD, PfSystem.OPENBSD);
                    case 4, 5 ->
                            List.of(PfSystem.FREEBSD_15, PfSystem.FREEBSD_14, PfSystem.FREEBSD_12);
                    default -> List.of(PfSystem.FREEBSD_14, PfSystem.FREEBSD_14, PfSystem.OPENBSD);
                };
        // Three dialects in one group: the older ones lose what the newer say (2.5).
        isHealthy = form != 5;
        isHasty = !systems.contains(PfSystem.FREEBSD_12);
        for (int i = 0; i < systems.size(); i++) {
            hosts.add(
                    PfHostSettings.of("host" + i, systems.get(i))
                            .hostId(0xA0A0_A001 + i * 0x0101_0101)
                            .firstId((long) (i + 1) << 48 | 0x6b00_0000L)
                            .seed(seed * 7 + i)
                            .cpus(1 + random.nextInt(2))
                            .timeouts(TIMEOUT_S, 2)
                            .timeout(2, ESTABLISHED_S)
                            .purgePhaseMs(random.nextInt(2000))
                            // So that a lost END does not cost half an hour (12.2).
                            .stateLimit(2_000));
            if (random.nextInt(3) == 0) {
                hosts.get(i).defer();
            }
            if (form == 1 && i == 1) {
                hosts.get(i).version(Dialect.V1400);
            } else if (form == 4) {
                hosts.get(i).version(Dialect.V1301);
            }
        }
        return systems + (isHealthy ? "" : " each in its own dialect");
    }

    private void add(long at, SplittableRandom random) {
        int host = random.nextInt(hosts.size());
        long later = at + SECOND_NS + random.nextLong(4 * SECOND_NS);
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                troubles.add(new Trouble(at, Kind.OFF, host));
                boolean isRepeating = random.nextInt(4) == 0;
                troubles.add(
                        new Trouble(later, isRepeating ? Kind.ON_REPEATING_IDS : Kind.ON, host));
            }
            case 2 -> {
                // Again in the middle of its bulk.
                troubles.add(new Trouble(at, Kind.OFF, host));
                troubles.add(new Trouble(later, Kind.ON, host));
                long again = later + 10_000_000L + random.nextLong(SECOND_NS);
                troubles.add(new Trouble(again, Kind.OFF, host));
                troubles.add(new Trouble(again + 2 * SECOND_NS, Kind.ON, host));
            }
            case 3 -> {
                troubles.add(new Trouble(at, Kind.SYNCDEV_GONE, host));
                troubles.add(new Trouble(later, Kind.SYNCDEV_BACK, host));
            }
            case 4 -> troubles.add(new Trouble(at, Kind.RECONFIGURE, host));
            case 5 -> troubles.add(new Trouble(at, Kind.STORM, host));
            case 6 -> troubles.add(new Trouble(at, Kind.DAEMON_KILLED, host));
            default -> {
                if (random.nextInt(3) == 0) {
                    troubles.add(new Trouble(at, Kind.CLEAR, host));
                }
            }
        }
    }

    /**
     * Whether chance decides nothing: the hosts understand each other, no frame is lost, no request
     * waits for whatever its host happens to send (FreeBSD 12), no host gives two states one id,
     * and none is cut off: what that does depends on who is demoted just then, and any further
     * member, a firewall too, would answer with what it knew before.
     */
    boolean isFair() {
        return isHealthy
                && isHasty
                && lossPerMillion == 0
                && latePerMillion == 0
                && troubles.stream()
                        .noneMatch(
                                t ->
                                        t.kind == Kind.ON_REPEATING_IDS
                                                || t.kind == Kind.SYNCDEV_GONE);
    }

    /** Whether a host's states were cleared: those of which a peer had not heard come back. */
    boolean hasCleared(int creatorId) {
        return suffers(creatorId, Kind.CLEAR);
    }

    /** Whether a host gave ids twice: the tombstone of the first keeps the second out for 60 s. */
    boolean hasRepeatedIds(int creatorId) {
        return suffers(creatorId, Kind.ON_REPEATING_IDS);
    }

    private boolean suffers(int creatorId, Kind kind) {
        return troubles.stream()
                .anyMatch(
                        trouble ->
                                trouble.kind == kind
                                        && hosts.get(trouble.host).hostId == creatorId);
    }

    /** Hosts that hear each other, by header version. */
    int family(int host) {
        return hosts.get(host).system.dialect.headerVersion();
    }

    @Override
    public String toString() {
        return String.format(
                "seed %d %s loss %.1f%% late %.1f%% troubles %s",
                seed, group, lossPerMillion / 1e4, latePerMillion / 1e4, troubles);
    }
}
