package org.pfsyncd.doctor;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.capture.CapturedPacket;

/** Feeds packets to a diagnosis on a clock of its own. */
final class Ward {
    static final String US = "10.0.0.3";
    static final String ONE = "10.0.0.1";
    static final String TWO = "10.0.0.2";
    static final String GROUP = "224.0.0.240";
    static final HostFacts FINE = new HostFacts(true, 1500, 0, 0, true, 1000, 0, 0, 0);

    private final Segment segment;
    private final Observations seen;
    private long nowNs;

    Ward(Segment segment) {
        this.segment = segment;
        seen = new Observations(segment, 0);
    }

    /** A live segment of the group with these settings. */
    static Segment segment(List<String> allow, int headerVersion, int creatorId) {
        return new Segment("lan", "em1", GROUP, List.of(US), allow, headerVersion, creatorId);
    }

    static Ward of() {
        return new Ward(segment(List.of(), 0, 0));
    }

    Ward after(long ms) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(ms);
        return this;
    }

    Ward hears(String from, byte[] payload) {
        return hears(packet(from, GROUP, payload));
    }

    Ward hears(CapturedPacket packet) {
        seen.onPacket(nowNs, packet, -1, false);
        return this;
    }

    Ward hearsTagged(int vlan, String from, byte[] payload) {
        seen.onPacket(nowNs, packet(from, GROUP, payload), vlan, false);
        return this;
    }

    Ward sends(byte[] payload) {
        seen.onPacket(nowNs, packet(US, GROUP, payload), -1, true);
        return this;
    }

    Observations observations() {
        return seen;
    }

    static CapturedPacket packet(String from, String to, byte[] payload) {
        return new CapturedPacket()
                .addresses(
                        InetAddress.ofLiteral(from).getAddress(),
                        InetAddress.ofLiteral(to).getAddress())
                .ttl(255)
                .protocol(240)
                .payload(new UnsafeBuffer(payload), 0, payload.length);
    }

    List<String> faults() {
        return faults(FINE, null);
    }

    /** Fault and sender of each finding. */
    List<String> faults(HostFacts host, DaemonFacts daemon) {
        seen.end(nowNs);
        return Diagnosis.of(segment, seen, host, daemon).stream()
                .map(finding -> (finding.fault().code() + " " + finding.sender()).strip())
                .toList();
    }

    Finding only(HostFacts host, DaemonFacts daemon) {
        seen.end(nowNs);
        List<Finding> all = Diagnosis.of(segment, seen, host, daemon);
        if (all.size() != 1) {
            throw new AssertionError("one finding is wanted: " + all);
        }
        return all.get(0);
    }
}
