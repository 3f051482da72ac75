package org.pfsyncd.cli;

import static org.pfsyncd.cli.DoctorStage.GROUP;
import static org.pfsyncd.cli.DoctorStage.HOST_1;
import static org.pfsyncd.cli.DoctorStage.HOST_2;
import static org.pfsyncd.cli.DoctorStage.US;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.cli.DoctorStage.Host;
import org.pfsyncd.cli.DoctorStage.Verdict;
import org.pfsyncd.control.ControlServer;
import org.pfsyncd.control.NodeStatus;
import org.pfsyncd.doctor.RecordedPackets;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.os.ForgingSender;
import org.pfsyncd.os.RawSocket;
import org.pfsyncd.os.TaggingSender;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.FakeControlNode;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.NetworkNamespaces;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;

/**
 * Faults as they are staged: what is sent by whom while the doctor listens, and the one answer that
 * is right. Each stage has a segment of its own.
 */
final class StagedFaults {
    private static final String A = RecordedPackets.HOST_A;
    private static final String B = RecordedPackets.HOST_B;
    private static final int OUR_ID = 0xC9C9C9C9;
    private static final int CARP = 112;
    private static final String TAGGED_HOST = "10.5.0.9";
    private static final String DROP_AT_EGRESS =
            "table netdev t { chain c { type filter hook egress device "
                    + NetworkNamespaces.INTERFACE
                    + " priority 0; %s drop; }; }";

    private final Map<String, Stage> stages = new TreeMap<>();
    private final NameTable names = new NameTable();
    private final StateRecords states = new StateRecords(names);

    /** A stage, by its name. */
    static Map<String, Stage> all() {
        StagedFaults all = new StagedFaults();
        all.healthy();
        all.silence();
        all.address();
        all.forms();
        all.identities();
        all.sizes();
        all.requests();
        all.host();
        return all.stages;
    }

    private void stage(String name, String expected, Script script) {
        stages.put(name, new Stage(expected.isEmpty() ? List.of() : List.of(expected), script));
    }

    /** Two firewalls that exchange states, and one that asks for the table and gets it. */
    private static void talk(DoctorStage stage) throws Exception {
        try (Host first = stage.host(HOST_1, GROUP);
                Host second = stage.host(HOST_2, GROUP)) {
            second.replay("17-two-hosts-bulk", B);
            first.replay("17-two-hosts-bulk", A).replay("24c-defer-two-hosts", A);
            second.replay("24c-defer-two-hosts", B);
        }
    }

    private void healthy() {
        stage("healthy", "", stage -> stage.verdict(1, () -> talk(stage)));
        stage(
                "healthy beside a daemon",
                "",
                stage -> {
                    try (RawSocket daemon = stage.member(1 << 20);
                            ControlServer control = daemonAt(stage, 0, true)) {
                        return stage.set("allow = [\"10.0.0.0/24\"]").verdict(1, () -> talk(stage));
                    }
                });
    }

    private void silence() {
        stage("nothing", "nothing-heard", stage -> stage.verdict(1, () -> {}));
        stage(
                "interface down",
                "interface-down",
                stage -> {
                    NetworkNamespaces.setLink(stage.nameB(), "down");
                    return stage.verdict(1, () -> {});
                });
        stage(
                "another interface",
                "wrong-interface 10.6.0.9",
                stage -> {
                    stage.firewalls(
                            "ip",
                            "link",
                            "add",
                            "sync9",
                            "type",
                            "veth",
                            "peer",
                            "name",
                            "sync7",
                            "netns",
                            stage.nameB());
                    stage.firewalls("ip", "addr", "add", "10.6.0.9/24", "dev", "sync9");
                    stage.here("ip", "link", "set", "sync7", "up");
                    stage.firewalls("ip", "link", "set", "sync9", "up");
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host host = stage.host(240, "sync9", "10.6.0.9", GROUP)) {
                                    host.replay("08-many-flows", A);
                                }
                            });
                });
        stage(
                "VLAN tag",
                "wrong-vlan " + TAGGED_HOST,
                stage ->
                        stage.verdict(
                                1,
                                () ->
                                        NetworkNamespaces.await(
                                                NetworkNamespaces.inside(
                                                        stage.nameA(), StagedFaults::sendTagged),
                                                10)));
        stage(
                "multicast filtered",
                "multicast-filtered " + HOST_1,
                stage -> {
                    stage.firewalls("nft", String.format(DROP_AT_EGRESS, "ip daddr 224.0.0.240"));
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host carp =
                                        stage.host(CARP, NetworkNamespaces.INTERFACE, HOST_1, US)) {
                                    carp.send(new byte[36]);
                                }
                                talk(stage);
                            });
                });
        stage(
                "this host's packet filter",
                "filtered-here",
                stage -> {
                    stage.here(
                            "nft",
                            "table inet f { chain c { type filter hook input priority 0;"
                                    + " ip protocol 240 drop; }; }");
                    try (RawSocket daemon = stage.member(1 << 20)) {
                        return stage.verdict(1, () -> talk(stage));
                    }
                });
    }

    private void address() {
        stage(
                "unicast on one side only",
                "one-way " + HOST_1,
                stage ->
                        stage.verdict(
                                1,
                                () -> {
                                    try (Host first = stage.host(HOST_1, US)) {
                                        first.replay("02-tcp-life", A);
                                    }
                                }));
        stage(
                "unicast to a stranger",
                "wrong-destination " + HOST_1,
                stage -> {
                    stage.firewalls(
                            "ip",
                            "neigh",
                            "add",
                            "10.0.0.77",
                            "lladdr",
                            "02:00:00:00:00:77",
                            "dev",
                            NetworkNamespaces.INTERFACE);
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host first = stage.host(HOST_1, "10.0.0.77")) {
                                    first.replay("02-tcp-life", A);
                                }
                            });
                });
        stage(
                "not in the list",
                "not-allowed " + HOST_1,
                stage -> stage.set("allow = [\"" + HOST_2 + "\"]").verdict(1, () -> talk(stage)));
        stage(
                "a router between",
                "ttl " + HOST_1,
                stage ->
                        stage.verdict(
                                1,
                                () ->
                                        NetworkNamespaces.await(
                                                NetworkNamespaces.inside(
                                                        stage.nameA(), StagedFaults::sendAged),
                                                10)));
    }

    private static boolean sendTagged() throws Exception {
        try (TaggingSender sender = new TaggingSender(NetworkNamespaces.INTERFACE)) {
            for (RecordedPackets.Recorded packet : RecordedPackets.of("02-tcp-life")) {
                sender.send(5, TAGGED_HOST, packet.payload());
            }
        }
        return true;
    }

    private static boolean sendAged() throws Exception {
        try (ForgingSender sender =
                new ForgingSender(PortConfig.PFSYNC, NetworkNamespaces.INTERFACE, GROUP)) {
            for (RecordedPackets.Recorded packet : RecordedPackets.of("02-tcp-life")) {
                sender.send(254, new UnsafeBuffer(packet.payload()));
            }
        }
        return true;
    }

    private void forms() {
        stage(
                "an old version",
                "version " + HOST_1,
                stage -> sending(stage, HOST_1, recorded("02-tcp-life", bytes -> bytes[0] = 4)));
        stage(
                "FreeBSD where OpenBSD is configured",
                "version " + HOST_1,
                stage ->
                        sending(
                                stage.set("dialect = \"v6\""),
                                HOST_1,
                                recorded("02-tcp-life", bytes -> {})));
        stage(
                "OpenBSD beside FreeBSD",
                "version-mix " + HOST_2,
                stage -> both(stage, "02-tcp-life", frame(Dialect.V6, 0xB2B2B2B2)));
        stage(
                "FreeBSD 14 beside 13",
                "dialect " + HOST_2,
                stage -> both(stage, "02-tcp-life", frame(Dialect.V1400, 0xB2B2B2B2)));
        stage(
                "other rules",
                "fingerprint " + HOST_2,
                stage ->
                        both(
                                stage,
                                "02-tcp-life",
                                FrameBuilder.of(Dialect.V1301)
                                        .names(names)
                                        .insert(states.udp(9, 0xB2B2B2B2).record())
                                        .fingerprint(
                                                new byte[] {
                                                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                                    15, 16
                                                })
                                        .bytes()));
        stage(
                "damaged packets",
                "malformed " + HOST_1,
                stage ->
                        sending(
                                stage,
                                HOST_1,
                                recorded("02-tcp-life", bytes -> bytes[2] = (byte) 0x7F)));
    }

    private void identities() {
        stage(
                "our creator id",
                "duplicate-hostid " + HOST_1,
                stage ->
                        sending(
                                stage.set("creatorid = \"c9c9c9c9\""),
                                HOST_1,
                                List.of(frame(Dialect.V1301, OUR_ID))));
        stage(
                "two hosts of one id",
                "duplicate-hostid " + HOST_2,
                stage -> both(stage, "02-tcp-life", frame(Dialect.V1301, 0xA1A1A1A1)));
    }

    private void sizes() {
        stage(
                "smaller MTU here",
                "mtu",
                stage -> {
                    NetworkNamespaces.setLink(stage.nameB(), "mtu", "1000");
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host first = stage.host(HOST_1, GROUP)) {
                                    first.replay("08-many-flows", A);
                                }
                            });
                });
        stage(
                "big packets lost on the way",
                "mtu " + HOST_1,
                stage -> {
                    stage.firewalls("nft", String.format(DROP_AT_EGRESS, "meta length > 300"));
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host first = stage.host(HOST_1, GROUP);
                                        Host second = stage.host(HOST_2, GROUP)) {
                                    for (int i = 1; i < 6; i++) {
                                        first.send(update(i));
                                    }
                                    second.replay("17-two-hosts-bulk", B);
                                    first.replay("17-two-hosts-bulk", A);
                                }
                            });
                });
    }

    private void requests() {
        stage(
                "a bulk update without end",
                "bulk-endless " + HOST_1,
                stage ->
                        stage.verdict(
                                2,
                                () -> {
                                    try (Host first = stage.host(HOST_1, GROUP);
                                            Host second = stage.host(HOST_2, GROUP)) {
                                        second.replay("17-two-hosts-bulk", B);
                                        List<byte[]> dump =
                                                recorded("12b-bulk-600-states", bytes -> {});
                                        dump.subList(1, 300).forEach(first::send);
                                    }
                                }));
        stage(
                "nobody answers",
                "bulk-unanswered " + HOST_1,
                stage -> stage.verdict(2, () -> ask(stage, HOST_1, null)));
        stage(
                "the other does not hear",
                "one-way " + HOST_1,
                stage -> stage.verdict(2, () -> ask(stage, HOST_1, HOST_2)));
        stage(
                "requests for single states",
                "requests-unanswered " + HOST_1,
                stage ->
                        stage.verdict(
                                2,
                                () -> {
                                    try (Host first = stage.host(HOST_1, GROUP);
                                            Host second = stage.host(HOST_2, GROUP)) {
                                        for (int i = 1; i < 6; i++) {
                                            first.send(update(i));
                                            second.send(
                                                    FrameBuilder.of(Dialect.V1301)
                                                            .updateRequest(i, 0xA1A1A1A1)
                                                            .bytes());
                                        }
                                    }
                                }));
    }

    /** Three requests within a second and a bit, as a kernel's over ten; another lives or not. */
    private void ask(DoctorStage stage, String requester, String other) throws Exception {
        try (Host asks = stage.host(requester, GROUP);
                Host lives = stage.host(other == null ? requester : other, GROUP)) {
            for (int i = 0; i < 3; i++) {
                asks.send(FrameBuilder.of(Dialect.V1301).bulkRequest().bytes());
                if (other != null) {
                    lives.send(update(i + 1));
                }
                Await.pause(i == 2 ? 0 : 600_000_000L);
            }
        }
    }

    private void host() {
        stage(
                "tiny receive buffer",
                "drops",
                stage -> {
                    try (RawSocket daemon = stage.member(2304)) {
                        return stage.verdict(1, () -> talk(stage));
                    }
                });
        stage(
                "the daemon's clock",
                "clock",
                stage -> {
                    try (ControlServer control = daemonAt(stage, 90_000, true)) {
                        return stage.verdict(1, () -> talk(stage));
                    }
                });
        stage(
                "a daemon that lacks states",
                "not-in-sync",
                stage -> {
                    try (ControlServer control = daemonAt(stage, 0, false)) {
                        return stage.verdict(1, () -> talk(stage));
                    }
                });
    }

    /** A daemon's control socket; its node's time lags this much. */
    private static ControlServer daemonAt(DoctorStage stage, long lagMs, boolean isInSync)
            throws Exception {
        Files.createDirectories(stage.runDir());
        Path socket = stage.runDir().resolve("control");
        NodeStatus now =
                FakeControlNode.status(List.of(FakeControlNode.group(isInSync)), List.of(), false);
        return new ControlServer(socket, new FakeControlNode().show(now).behindBy(lagMs));
    }

    private static Verdict sending(DoctorStage stage, String from, List<byte[]> frames)
            throws Exception {
        return stage.verdict(
                1,
                () -> {
                    try (Host host = stage.host(from, GROUP)) {
                        frames.forEach(host::send);
                    }
                });
    }

    /** The first host replays a recording, the second sends one frame. */
    private static Verdict both(DoctorStage stage, String recording, byte[] frame)
            throws Exception {
        return stage.verdict(
                1,
                () -> {
                    try (Host first = stage.host(HOST_1, GROUP);
                            Host second = stage.host(HOST_2, GROUP)) {
                        first.replay(recording, A);
                        second.send(frame);
                    }
                });
    }

    private byte[] frame(Dialect dialect, int creatorId) {
        return FrameBuilder.of(dialect)
                .names(names)
                .insert(states.udp(7, creatorId).record())
                .bytes();
    }

    private byte[] update(long id) {
        return FrameBuilder.of(Dialect.V1301)
                .updateCompressed(states.udp(id, 0xA1A1A1A1).record())
                .bytes();
    }

    private static List<byte[]> recorded(String name, Change change) throws Exception {
        List<byte[]> frames =
                RecordedPackets.of(name).stream().map(RecordedPackets.Recorded::payload).toList();
        frames.forEach(change::to);
        return frames;
    }

    @FunctionalInterface
    private interface Change {
        void to(byte[] frame);
    }

    /** Plays a stage and gives the verdict. */
    @FunctionalInterface
    interface Script {
        Verdict play(DoctorStage stage) throws Exception;
    }

    /**
     * One stage.
     *
     * @param expected fault and sender of each finding.
     * @param script what happens.
     */
    record Stage(List<String> expected, Script script) {}
}
