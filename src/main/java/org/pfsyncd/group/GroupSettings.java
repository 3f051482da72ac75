package org.pfsyncd.group;

import java.util.List;
import java.util.Set;
import org.pfsyncd.wire.Dialect;

/**
 * What the configuration says of one group, unpacked.
 *
 * @param name the group's name.
 * @param role what we are on the segment.
 * @param dialect the one dialect of the segment, or null for {@code auto}.
 * @param ack when an INS that asks for it is acknowledged.
 * @param allow who is believed; empty for everybody.
 * @param interfaces names that a state may be bound to besides {@code all}; empty for any.
 * @param creatorId our own host id on this segment, 0 for none.
 * @param silenceNs nothing heard of states for this long is a fault, nanoseconds.
 * @param bulkBudget most bulk requests at once.
 * @param bulkRefillMs one more bulk request is granted each time this many milliseconds have
 *     passed.
 * @param bulkPaceNs least time between two bulk updates that repair something, nanoseconds.
 * @param answerRate most states a second in answers to others' requests, 1 to 10,000,000.
 */
public record GroupSettings(
        String name,
        GroupRole role,
        Dialect dialect,
        AckMode ack,
        List<AddressPrefix> allow,
        Set<String> interfaces,
        int creatorId,
        long silenceNs,
        int bulkBudget,
        long bulkRefillMs,
        long bulkPaceNs,
        int answerRate) {

    public GroupSettings {
        allow = List.copyOf(allow);
        interfaces = Set.copyOf(interfaces);
    }
}
