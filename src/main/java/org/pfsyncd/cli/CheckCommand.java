package org.pfsyncd.cli;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.PeerConfig;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.net.PortConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code check}: is the configuration right, and the machine ready for it? */
@Command(
        name = "check",
        description = "Validates a configuration; with --live also the machine.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  pfsyncd check -c pfsyncd.toml", "  pfsyncd check --live"})
public final class CheckCommand implements Callable<Integer> {
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;
    private static final int ETHERNET_MTU = 1500;

    @Spec private CommandSpec spec;

    @Mixin private ConfigOption config;

    @Option(
            names = "--live",
            description = "Also buffers, capabilities, interfaces, directories, free space.")
    private boolean isLive;

    private boolean hasFailed;

    @Override
    public Integer call() throws IOException {
        PfsyncdConfig loaded = config.loadForHere();
        say(
                "OK",
                "configuration",
                config.file()
                        + ": node "
                        + loaded.node().name()
                        + ", "
                        + loaded.groups().size()
                        + " group(s), "
                        + loaded.peers().size()
                        + " peer(s), capacity "
                        + loaded.node().capacity());
        for (PeerConfig peer : loaded.peers()) {
            say("OK", head(peer), describe(peer));
        }
        if (isLive) {
            checkCapabilities(loaded);
            checkRunDir(loaded.node().runDir());
            checkSpace(loaded);
            for (GroupConfig group : loaded.groups()) {
                checkInterface(group);
            }
            for (PeerConfig peer : loaded.peers()) {
                checkPeer(peer);
            }
        }
        return hasFailed ? 1 : 0;
    }

    private static String head(PeerConfig peer) {
        return "peer " + peer.name();
    }

    private static String describe(PeerConfig peer) {
        return peer.address()
                + ", "
                + peer.endpoint()
                + (peer.localAddress() == null ? "" : ", from " + peer.localAddress())
                + (peer.interfaceName() == null ? "" : ", through " + peer.interfaceName())
                + (peer.isReceiveOnly() ? ", receive only" : ", both ways")
                + (peer.bytesPerSecond() == 0
                        ? ""
                        : ", at most " + peer.bytesPerSecond() + " bytes/s");
    }

    private void checkCapabilities(PfsyncdConfig loaded) throws IOException {
        long effective = effectiveCapabilities();
        boolean hasRaw = (effective >> CAP_NET_RAW & 1) != 0;
        boolean hasAdmin = (effective >> CAP_NET_ADMIN & 1) != 0;
        boolean isRawWanted =
                loaded.groups().stream().anyMatch(group -> group.carrier().equals("raw"))
                        || loaded.peers().stream().anyMatch(PeerConfig::isRaw);
        if (hasRaw) {
            say("OK", "capability", "CAP_NET_RAW");
        } else if (!isRawWanted) {
            say("OK", "capability", "CAP_NET_RAW is missing, and nothing here uses raw sockets");
        } else {
            say(
                    "FAIL",
                    "capability",
                    "CAP_NET_RAW is missing: start through ops/pfsyncd.service, or as root");
        }
        long rmemMax =
                Long.parseLong(Files.readString(Path.of("/proc/sys/net/core/rmem_max")).strip());
        if (hasAdmin || rmemMax >= PortConfig.RECEIVE_BUFFER_BYTES) {
            say("OK", "receive buffer", PortConfig.RECEIVE_BUFFER_BYTES + " bytes will be granted");
        } else {
            say(
                    "WARN",
                    "receive buffer",
                    "net.core.rmem_max is "
                            + rmemMax
                            + ": grant CAP_NET_ADMIN, or sysctl -w net.core.rmem_max="
                            + PortConfig.RECEIVE_BUFFER_BYTES);
        }
    }

    private static long effectiveCapabilities() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .mapToLong(
                        line ->
                                Long.parseUnsignedLong(
                                        line.substring("CapEff:".length()).strip(), 16))
                .findFirst()
                .orElse(0);
    }

    private void checkRunDir(Path runDir) throws IOException {
        Path existing = existing(runDir);
        String type = Files.getFileStore(existing).type();
        if (type.equals("tmpfs")) {
            say("OK", "run-dir", runDir + " on tmpfs");
        } else {
            say(
                    "WARN",
                    "run-dir",
                    runDir
                            + " is on "
                            + type
                            + ": acknowledgements will wait for that disk; set node.run-dir to a"
                            + " tmpfs such as /run or /dev/shm");
        }
    }

    private void checkSpace(PfsyncdConfig loaded) throws IOException {
        Path dataDir = loaded.node().dataDir();
        var store = Files.getFileStore(existing(dataDir));
        long needed = loaded.journal().reserveBytes() + 3L * loaded.journal().blockBytes();
        String numbers =
                dataDir + " has " + store.getUsableSpace() + " bytes free, needs " + needed;
        say(
                store.getUsableSpace() >= needed ? "OK" : "FAIL",
                "space",
                numbers
                        + (store.getUsableSpace() >= needed
                                ? ""
                                : ": free space, or lower journal.reserve"));
        if (store.type().equals("btrfs") || store.type().equals("zfs")) {
            say(
                    "WARN",
                    "data-dir",
                    store.type()
                            + " copies on write, so allocated space may still run out: use ext4 or"
                            + " xfs for node.data-dir");
        }
    }

    private static Path existing(Path path) {
        Path at = path.toAbsolutePath();
        while (!Files.exists(at)) {
            at = at.getParent();
        }
        return at;
    }

    private void checkInterface(GroupConfig group) throws IOException {
        NetworkInterface device = NetworkInterface.getByName(group.syncdev());
        if (device == null || !device.isUp()) {
            say(
                    "FAIL",
                    "group " + group.name(),
                    group.syncdev() + " is down: ip link set " + group.syncdev() + " up");
            return;
        }
        if (device.getMTU() > ETHERNET_MTU && !device.isLoopback()) {
            say(
                    "WARN",
                    "group " + group.name(),
                    group.syncdev()
                            + " has MTU "
                            + device.getMTU()
                            + ": FreeBSD may fail to allocate packets above a page; set the mtu of"
                            + " pfsync0 to 1500 there");
        }
        say("OK", "group " + group.name(), group.syncdev() + " is up, MTU " + device.getMTU());
    }

    /** The path's own limits cannot be seen from here; what the interface says can. */
    private void checkPeer(PeerConfig peer) throws IOException {
        if (peer.interfaceName() == null) {
            int mtu = peer.mtu() == 0 ? PeerConfig.DEFAULT_MTU : peer.mtu();
            say("OK", head(peer), "routing decides the interface, MTU " + mtu);
            return;
        }
        NetworkInterface device = NetworkInterface.getByName(peer.interfaceName());
        if (device == null || !device.isUp()) {
            say(
                    "FAIL",
                    head(peer),
                    peer.interfaceName() + " is down: ip link set " + peer.interfaceName() + " up");
        } else if (peer.mtu() > device.getMTU()) {
            say(
                    "FAIL",
                    head(peer),
                    "mtu is "
                            + peer.mtu()
                            + ", but "
                            + peer.interfaceName()
                            + " carries "
                            + device.getMTU()
                            + ": set mtu = 0 to take the interface's");
        } else {
            int mtu = peer.mtu() == 0 ? device.getMTU() : peer.mtu();
            say("OK", head(peer), peer.interfaceName() + " is up, MTU " + mtu);
        }
    }

    private void say(String verdict, String what, String text) {
        hasFailed |= verdict.equals("FAIL");
        spec.commandLine().getOut().printf("%-4s %-16s %s%n", verdict, what, text).flush();
    }
}
