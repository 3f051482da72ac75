package org.pfsyncd.pfhost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pfsyncd.wire.Dialect;

/** What is configured on a scripted host; fluent, to be left alone once the host is made. */
public final class PfHostSettings {
    private static final int[] DEFAULT_TIMEOUTS_S = {
        120, 30, 86400, 900, 45, 90, 60, 30, 60, 20, 10, 60, 30, 60, 60, 10, 60000, 120000, 0, 30,
        120, 30, 86400, 900, 90
    };

    final String name;
    final PfSystem system;
    Dialect dialect;
    int hostId = 1;
    long firstId = 0x6b00_0000L;
    long seed;
    int mtu = 1500;
    int buckets;
    int cpus = 1;
    int maxUpdates = 128;
    boolean hasDefer;
    boolean hasWorkingDefer;
    long deferNs = 20_000_000L;
    long tickNs;
    int stateLimit = 100_000;
    int rules = 6;
    boolean isIfBound;
    int purgePhaseMs;
    byte[] fingerprint = new byte[16];
    final int[] timeouts = DEFAULT_TIMEOUTS_S.clone();
    final List<String> interfaces = new ArrayList<>(List.of("sync0", "in0", "out0"));

    private PfHostSettings(String name, PfSystem system) {
        this.name = name;
        this.system = system;
        dialect = system.dialect;
        buckets = system.buckets;
        tickNs = system.isFreeBsd() ? 1_000_000L : 10_000_000L;
    }

    /** A host with the defaults of its system: two buckets on FreeBSD, tick 1 ms or 10 ms. */
    public static PfHostSettings of(String name, PfSystem system) {
        return new PfHostSettings(name, system);
    }

    /** Creator of its states, never 0. */
    public PfHostSettings hostId(int value) {
        hostId = value;
        return this;
    }

    /** {@code ifconfig pfsync0 version}, FreeBSD 14 and later: the format of states it sends. */
    public PfHostSettings version(Dialect value) {
        dialect = value;
        return this;
    }

    /** Bytes of a full state as this host counts them against the MTU. */
    int stateLength() {
        return system == PfSystem.OPENBSD_45 ? OldFrames.STATE_LENGTH : dialect.stateLength();
    }

    /** Id of its first state; also after a reboot that repeats ids. */
    public PfHostSettings firstId(long value) {
        firstId = value;
        return this;
    }

    /** Of what chance decides within the host: how late a busy host's buckets are. */
    public PfHostSettings seed(long value) {
        seed = value;
        return this;
    }

    /** Of pfsync0, bytes. */
    public PfHostSettings mtu(int value) {
        mtu = value;
        return this;
    }

    /** Independent queues; a power of two. */
    public PfHostSettings buckets(int value) {
        buckets = value;
        return this;
    }

    /**
     * With one, a bulk answer has one state a packet (25.4); with more, packets are filled and the
     * last may come behind END.
     */
    public PfHostSettings cpus(int value) {
        cpus = value;
        return this;
    }

    /** 0 to 255. */
    public PfHostSettings maxUpdates(int value) {
        maxUpdates = value;
        return this;
    }

    /** {@code ifconfig pfsync0 defer}: which FreeBSD 12 ignores. */
    public PfHostSettings defer() {
        hasDefer = true;
        return this;
    }

    /** As {@link #defer}, and FreeBSD 12 has it corrected, as recorded in 24b. */
    public PfHostSettings correctedDefer(long holdNs) {
        hasDefer = true;
        hasWorkingDefer = true;
        deferNs = holdNs;
        return this;
    }

    /** 1/hz. */
    public PfHostSettings tickNs(long value) {
        tickNs = value;
        return this;
    }

    /** {@code set limit states}. */
    public PfHostSettings stateLimit(int value) {
        stateLimit = value;
        return this;
    }

    /** Rules 0 to count - 1 that a state can be attached to. */
    public PfHostSettings rules(int count) {
        rules = count;
        return this;
    }

    /** {@code set state-policy if-bound}. */
    public PfHostSettings ifBound() {
        isIfBound = true;
        return this;
    }

    /** MD5 of the rule set, 16 bytes. */
    public PfHostSettings fingerprint(byte[] value) {
        fingerprint = Arrays.copyOf(value, 16);
        return this;
    }

    /** One timeout class, seconds. */
    public PfHostSettings timeout(int timeoutClass, int seconds) {
        timeouts[timeoutClass] = seconds;
        return this;
    }

    /** Every timeout class of states, and so many seconds for {@code interval}. */
    public PfHostSettings timeouts(int seconds, int intervalS) {
        Arrays.fill(timeouts, 0, 14, seconds);
        Arrays.fill(timeouts, 20, 25, seconds);
        timeouts[StateTable.INTERVAL] = intervalS;
        return this;
    }

    /** When the first purge is, after boot. */
    public PfHostSettings purgePhaseMs(int value) {
        purgePhaseMs = value;
        return this;
    }

    /** Names that states bound to an interface may have. */
    public PfHostSettings interfaces(String... names) {
        interfaces.clear();
        interfaces.addAll(List.of(names));
        return this;
    }

    boolean defers() {
        return hasDefer && (system.canDefer() || hasWorkingDefer);
    }
}
