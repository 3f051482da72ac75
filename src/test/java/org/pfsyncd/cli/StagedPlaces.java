package org.pfsyncd.cli;

import static org.pfsyncd.cli.DoctorStage.GROUP;
import static org.pfsyncd.cli.DoctorStage.HOST_1;
import static org.pfsyncd.cli.DoctorStage.HOST_2;
import static org.pfsyncd.cli.DoctorStage.US;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.cli.DoctorStage.Host;
import org.pfsyncd.cli.StagedFaults.Script;
import org.pfsyncd.control.ControlServer;
import org.pfsyncd.control.NodeStatus;
import org.pfsyncd.doctor.RecordedPackets;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.os.ForgingSender;
import org.pfsyncd.os.RawSocket;
import org.pfsyncd.os.TaggingSender;
import org.pfsyncd.support.FakeControlNode;
import org.pfsyncd.support.NetworkNamespaces;

/**
 * What is wrong with a place: interface, VLAN, address, filter, TTL, buffer, daemon. Each method
 * adds stages.
 */
@SuppressWarnings("try") // sockets that only have to be there
final class StagedPlaces {
    private static final String A = RecordedPackets.HOST_A;
    private static final int CARP = 112;
    private static final String TAGGED_HOST = "10.5.0.9";
    private final StagedFaults stages;

    StagedPlaces(StagedFaults stages) {
        this.stages = stages;
    }

    void addAll() {
        healthy();
        silence();
        filters();
        address();
        host();
    }

    private void stage(String name, String expected, Script script) {
        stages.add(name, expected, script);
    }

    private void healthy() {
        stage("healthy", "", stage -> stage.verdict(1, () -> StagedFaults.talk(stage)));
        stage(
                "healthy beside a daemon",
                "",
                stage -> {
                    try (RawSocket daemon = stage.member(1 << 20);
                            ControlServer control = daemonAt(stage, 0, true)) {
                        return stage.set("allow = [\"10.0.0.0/24\"]")
                                .verdict(1, () -> StagedFaults.talk(stage));
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
                                                        stage.nameA(), StagedPlaces::sendTagged),
                                                10)));
    }

    private void filters() {
        stage(
                "multicast filtered",
                "multicast-filtered " + HOST_1,
                stage -> {
                    stage.firewalls(
                            "nft",
                            String.format(StagedFaults.DROP_AT_EGRESS, "ip daddr 224.0.0.240"));
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host carp =
                                        stage.host(CARP, NetworkNamespaces.INTERFACE, HOST_1, US)) {
                                    carp.send(new byte[36]);
                                }
                                StagedFaults.talk(stage);
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
                        return stage.verdict(1, () -> StagedFaults.talk(stage));
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
                stage ->
                        stage.set("allow = [\"" + HOST_2 + "\"]")
                                .verdict(1, () -> StagedFaults.talk(stage)));
        stage(
                "a router between",
                "ttl " + HOST_1,
                stage ->
                        stage.verdict(
                                1,
                                () ->
                                        NetworkNamespaces.await(
                                                NetworkNamespaces.inside(
                                                        stage.nameA(), StagedPlaces::sendAged),
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

    private void host() {
        stage(
                "tiny receive buffer",
                "drops",
                stage -> {
                    try (RawSocket daemon = stage.member(2304)) {
                        return stage.verdict(1, () -> StagedFaults.talk(stage));
                    }
                });
        stage(
                "the daemon's clock",
                "clock",
                stage -> {
                    try (ControlServer control = daemonAt(stage, 90_000, true)) {
                        return stage.verdict(1, () -> StagedFaults.talk(stage));
                    }
                });
        stage(
                "a daemon that lacks states",
                "not-in-sync",
                stage -> {
                    try (ControlServer control = daemonAt(stage, 0, false)) {
                        return stage.verdict(1, () -> StagedFaults.talk(stage));
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
}
