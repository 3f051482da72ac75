package org.pfsyncd.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.agrona.concurrent.NanoClock;
import org.pfsyncd.config.PeerConfig;
import org.pfsyncd.journal.JournalPublisher;
import org.pfsyncd.journal.JournalStore;
import org.pfsyncd.link.LinkMailbox;
import org.pfsyncd.link.LinkSender;
import org.pfsyncd.link.PeerLink;
import org.pfsyncd.link.PeerSettings;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.NodeCounter;
import org.pfsyncd.metrics.PeerCounter;
import org.pfsyncd.net.PeerPort;
import org.pfsyncd.net.PeerPortConfig;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.replay.Replayed;

/**
 * Builds the conversations of a node: one port a carrier, and for each peer its two halves. Used
 * once, by the starting thread.
 */
final class PeerWiring {
    private final Peers peers;
    private final Replayed replayed;
    private final JournalPublisher publisher;
    private final JournalStore journal;
    private final Counters allocator;
    private final Sabotage sabotage;
    private final List<PeerRuntime> runtimes = new ArrayList<>();
    private final List<LinkSender> senders = new ArrayList<>();
    private final Map<PeerPortConfig, PeerPort> ports = new LinkedHashMap<>();

    /**
     * What is shipped, and where it is taken in.
     *
     * @param journal the writer's own store.
     * @param sabotage what a simulation breaks on purpose.
     */
    record Parts(
            Replayed replayed,
            JournalPublisher publisher,
            JournalStore journal,
            Counters allocator,
            Sabotage sabotage) {}

    PeerWiring(Peers peers, Parts parts) {
        this.peers = peers;
        replayed = parts.replayed();
        publisher = parts.publisher();
        journal = parts.journal();
        allocator = parts.allocator();
        sabotage = parts.sabotage();
    }

    /** Opens the ports and wires every peer; returns the link agent. */
    LinkAgent build(
            List<PeerConfig> configs,
            PortFactory factory,
            SplittableRandom random,
            NanoClock clock) {
        try {
            for (PeerConfig config : configs) {
                PeerPort port = ports.computeIfAbsent(carrier(config), factory::openPeer);
                add(config, port, random.split());
            }
        } catch (RuntimeException e) {
            ports.values().forEach(PeerPort::close);
            throw e;
        }
        peers.wire(runtimes, List.copyOf(ports.values()));
        CounterSet<NodeCounter> nodeCounters = peers.counters();
        return new LinkAgent(clock, senders, nodeCounters);
    }

    private void add(PeerConfig config, PeerPort port, SplittableRandom random) {
        CounterSet<PeerCounter> counters = allocator.peer(config.name());
        LinkMailbox mailbox = new LinkMailbox();
        PeerSettings settings =
                new PeerSettings(
                        config.name(),
                        config.address(),
                        config.endpoint(),
                        config.windowBytes(),
                        config.isReceiveOnly());
        PeerLink link =
                new PeerLink(
                        settings,
                        new PeerLink.Parts(
                                port.lane(config.address()), peers, mailbox, counters, random));
        runtimes.add(
                new PeerRuntime(
                        link,
                        port,
                        replayed.names().intern(config.name()),
                        new PeerAddress(config.address()),
                        new PeerTaker(replayed.table(), counters),
                        new Equality(link, replayed.table(), publisher),
                        new Listing(link, replayed.table(), replayed.names()),
                        new Repair(link, replayed.table(), replayed.names(), replayed.batch()),
                        new PeerRuntime.Conflict()));
        LinkSender.Settings sending =
                new LinkSender.Settings(
                        peers.nodeId(), config.windowBytes(), config.bytesPerSecond());
        senders.add(
                new LinkSender(
                        sending,
                        port.lane(config.address()),
                        sabotage.feed(new JournalFeed(journal)),
                        mailbox,
                        counters));
    }

    private static PeerPortConfig carrier(PeerConfig peer) {
        return new PeerPortConfig(
                peer.isRaw() ? peer.protocol() : 0,
                peer.isRaw() ? 0 : peer.udpPort(),
                peer.localAddress(),
                peer.interfaceName(),
                peer.mtu(),
                new PeerAddress(peer.address()).family(),
                PortConfig.RECEIVE_BUFFER_BYTES);
    }
}
