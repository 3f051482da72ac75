package org.pfsyncd.doctor;

/** What this host's own counters, buffers and daemon show. */
final class HostRules {
    private static final int ETHERNET_MTU = 1500;
    private static final long CLOCK_LIMIT_MS = 1000;
    private static final int WANTED_BUFFER = 32 * 1024 * 1024;

    /** Fewer frames may have come before the second socket was open. */
    private static final int FRAMES_MIN = 3;

    private HostRules() {}

    static void judge(Segment segment, Observations seen, HostFacts host, Findings findings) {
        judgeMtu(segment, seen, host, findings);
        long forUs =
                seen.accepted().stream()
                        .filter(s -> s.destinations.stream().anyMatch(segment::isOurs))
                        .mapToLong(s -> s.accepted)
                        .sum();
        if (host.isMember() && host.acceptedFrames() == 0 && forUs >= FRAMES_MIN) {
            findings.add(
                    Fault.FILTERED_HERE,
                    "",
                    "0",
                    String.valueOf(forUs),
                    String.format(
                            "%d packets arrived at %s, and none got through to a socket of IP"
                                    + " protocol 240",
                            forUs, segment.syncdev()));
        }
        if (host.socketDrops() > 0) {
            findings.add(
                    Fault.DROPS,
                    "",
                    String.valueOf(host.socketDrops()),
                    "0",
                    String.format(
                            "the kernel dropped %d packets before they were read, in %.0f s;"
                                    + " net.core.rmem_max is %d, wanted is %d",
                            host.socketDrops(),
                            seen.seconds(),
                            host.receiveBufferMax(),
                            WANTED_BUFFER));
        }
    }

    private static void judgeMtu(
            Segment segment, Observations seen, HostFacts host, Findings findings) {
        int largest = seen.accepted().stream().mapToInt(s -> s.largest).max().orElse(0);
        boolean isDropping = host.receiveDrops() > 0 && host.mtu() < ETHERNET_MTU;
        if (findings.has(Fault.MTU) || !segment.isConfigured()) {
            return;
        }
        if (host.mtu() > 0 && (isDropping || host.receiveErrors() > 0)) {
            findings.add(
                    Fault.MTU,
                    "",
                    String.valueOf(host.mtu()),
                    String.valueOf(ETHERNET_MTU),
                    String.format(
                            "%s (mtu %d) refused %d incoming packets in %.0f s; the largest pfsync"
                                    + " packet that got through has %d bytes",
                            segment.syncdev(),
                            host.mtu(),
                            host.receiveErrors() + host.receiveDrops(),
                            seen.seconds(),
                            largest));
        } else if (host.mtu() > 0 && largest > host.mtu()) {
            findings.add(
                    Fault.MTU,
                    "",
                    String.valueOf(host.mtu()),
                    String.valueOf(largest),
                    String.format(
                            "packets of %d bytes come in on %s, whose mtu is %d: answers of that"
                                    + " size cannot leave",
                            largest, segment.syncdev(), host.mtu()));
        }
    }

    /** What the daemon says; its being out of sync is a finding only if nothing explains it. */
    static void judge(DaemonFacts daemon, Findings findings) {
        if (daemon == null) {
            return;
        }
        if (daemon.apartMs() > CLOCK_LIMIT_MS) {
            findings.add(
                    Fault.CLOCK,
                    "",
                    String.format("%.1f s", daemon.apartMs() / 1e3),
                    "1 s",
                    String.format(
                            "the daemon's time and this host's clock are %.1f s apart",
                            daemon.apartMs() / 1e3));
        }
        if (!daemon.isInSync() && findings.isEmpty()) {
            findings.add(
                    Fault.NOT_IN_SYNC,
                    "",
                    "not in sync",
                    "in sync",
                    "the daemon says: " + daemon.reason());
        }
    }
}
