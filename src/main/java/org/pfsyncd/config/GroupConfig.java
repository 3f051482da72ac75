package org.pfsyncd.config;

import java.util.List;
import java.util.Map;

/**
 * One {@code [[group]]} table.
 *
 * @param name of the group.
 * @param syncdev interface.
 * @param syncpeer numeric address of the peer, or the pfsync multicast group.
 * @param address numeric local address to bind to, or null.
 * @param role {@code listen}, {@code member}, {@code relay}.
 * @param dialect {@code auto}, {@code v6}, {@code 1301}, {@code 1400}, {@code 1500}.
 * @param ack {@code auto}, {@code always}, {@code never}.
 * @param allow addresses or prefixes that are believed; empty for everybody.
 * @param realm groups that relay to each other share one.
 * @param bulkBudget most bulk requests at once.
 * @param bulkRefillSeconds time in which the whole budget is refilled.
 * @param bulkPaceSeconds least time between two repairs.
 * @param answerRate most states a second in answers to others.
 * @param interfaces names a state may be bound to; empty for any.
 * @param silenceSeconds nothing heard of states for this long is a fault.
 * @param carrier {@code raw} or {@code udp}.
 * @param udpPort of both ends if the carrier is UDP.
 * @param creatorId own host id, 0 none.
 * @param names interface on the segment to interface in the table.
 * @param relay how it announces.
 */
public record GroupConfig(
        String name,
        String syncdev,
        String syncpeer,
        String address,
        String role,
        String dialect,
        String ack,
        List<String> allow,
        String realm,
        int bulkBudget,
        long bulkRefillSeconds,
        long bulkPaceSeconds,
        int answerRate,
        List<String> interfaces,
        long silenceSeconds,
        String carrier,
        int udpPort,
        int creatorId,
        Map<String, String> names,
        RelayConfig relay) {

    public GroupConfig {
        allow = List.copyOf(allow);
        interfaces = List.copyOf(interfaces);
        names = Map.copyOf(names);
    }
}
