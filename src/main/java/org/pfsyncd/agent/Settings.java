package org.pfsyncd.agent;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.pfsyncd.config.GroupConfig;
import org.pfsyncd.config.JournalConfig;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.config.RelayConfig;
import org.pfsyncd.group.AckMode;
import org.pfsyncd.group.AddressPrefix;
import org.pfsyncd.group.AnnounceSettings;
import org.pfsyncd.group.GroupRole;
import org.pfsyncd.group.GroupSettings;
import org.pfsyncd.journal.JournalSettings;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.state.TableConfig;
import org.pfsyncd.state.Timeouts;
import org.pfsyncd.wire.Dialect;

/** Unpacks configuration records into what each package's constructors take. Stateless. */
public final class Settings {
    private static final long BACKOFF_PARK_MAX_NS = 100_000;
    private static final int UDP_HEADER = 8;

    /** An IPv6 header is that much longer than an IPv4 header. */
    private static final int IPV6_EXTRA = 20;

    private Settings() {}

    /** The table's capacity and timeouts, on huge pages. */
    public static TableConfig table(PfsyncdConfig config) {
        Timeouts timeouts = Timeouts.DEFAULT;
        for (int i = 0; i < config.timeoutSeconds().size(); i++) {
            if (config.timeoutSeconds().get(i) > 0) {
                timeouts = timeouts.with(i, config.timeoutSeconds().get(i));
            }
        }
        return TableConfig.ofCapacity(config.node().capacity())
                .withTimeouts(timeouts)
                .withMemory(new HugePages());
    }

    static JournalSettings journal(JournalConfig journal, Directories directories) {
        return new JournalSettings(
                directories.journal(),
                journal.rollMinutes(),
                journal.blockBytes(),
                journal.reserveBytes(),
                journal.retainSeconds() * 1000,
                journal.retainBytes(),
                journal.fsyncSeconds() * 1000);
    }

    static GroupSettings group(GroupConfig group) {
        return new GroupSettings(
                group.name(),
                GroupRole.valueOf(group.role().toUpperCase(Locale.ROOT)),
                dialect(group.dialect()),
                AckMode.valueOf(group.ack().toUpperCase(Locale.ROOT)),
                group.allow().stream().map(Settings::prefix).toList(),
                Set.copyOf(group.interfaces()),
                group.creatorId(),
                group.silenceSeconds() * 1_000_000_000L,
                group.bulkBudget(),
                Math.max(1, group.bulkRefillSeconds() * 1000 / group.bulkBudget()),
                group.bulkPaceSeconds() * 1_000_000_000L,
                group.answerRate());
    }

    /**
     * How a relay announces.
     *
     * @param nodeId names the node to other relays where the configuration gives no creatorid.
     * @param seed of the queues' hash; nothing that is sent may tell it.
     */
    static AnnounceSettings announcing(GroupConfig group, long nodeId, long seed) {
        int creatorId = group.creatorId() != 0 ? group.creatorId() : (int) (nodeId >>> 32) | 1;
        boolean isUdp = group.carrier().equals("udp");
        boolean isV6 = group.syncpeer().indexOf(':') >= 0;
        RelayConfig relay = group.relay();
        return new AnnounceSettings(
                new AnnounceSettings.Identity(
                        creatorId, AnnounceSettings.nonceOf(nodeId), group.realm()),
                new AnnounceSettings.Queues(relay.queueLimit(), relay.maxUpdates(), seed),
                new AnnounceSettings.Packets(
                        relay.mtu(),
                        (isUdp ? UDP_HEADER : 0) + (isV6 ? IPV6_EXTRA : 0),
                        HexFormat.of().parseHex(relay.fingerprint())),
                new AnnounceSettings.Deletes(relay.repeatsDeletes(), relay.announcesExpired()));
    }

    /** How the port of a group is opened. */
    public static PortConfig port(GroupConfig group) {
        boolean isRaw = group.carrier().equals("raw");
        return new PortConfig(
                isRaw ? PortConfig.PFSYNC : 0,
                group.syncdev(),
                group.syncpeer(),
                group.address(),
                isRaw ? 0 : group.udpPort(),
                PortConfig.RECEIVE_BUFFER_BYTES);
    }

    static IdleStrategy idle(String name) {
        return switch (name) {
            case "busy-spin" -> new BusySpinIdleStrategy();
            case "yield" -> new YieldingIdleStrategy();
            default -> new BackoffIdleStrategy(100, 100, 1_000, BACKOFF_PARK_MAX_NS);
        };
    }

    private static Dialect dialect(String label) {
        return List.of(Dialect.values()).stream()
                .filter(dialect -> dialect.label().equals(label))
                .findFirst()
                .orElse(null);
    }

    private static AddressPrefix prefix(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return AddressPrefix.of(
                    bytes,
                    slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1)));
        } catch (UnknownHostException | IllegalArgumentException e) {
            throw new IllegalArgumentException(text + " is not an address or prefix", e);
        }
    }
}
