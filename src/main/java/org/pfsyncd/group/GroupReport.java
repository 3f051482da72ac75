package org.pfsyncd.group;

import java.util.ArrayList;
import java.util.List;

/** What an operator is told of a group. Stateless; called by the sync agent; allocates. */
final class GroupReport {
    private GroupReport() {}

    /**
     * Puts it together.
     *
     * @param reason why the mirror is not proven.
     * @param silentNs since a firewall was heard, -1 if never.
     */
    static GroupStatus of(PfsyncGroup group, String reason, long silentNs, long nowNs) {
        SenderTable senders = group.senders();
        List<GroupStatus.Sender> heard = new ArrayList<>();
        for (int i = 0; i < senders.count(); i++) {
            heard.add(senders.describe(i, nowNs));
        }
        return new GroupStatus(
                group.name(),
                group.isInSync(),
                reason,
                silentNs,
                group.bulk().phase().text(),
                group.holder() == null ? "" : group.holder().describe(),
                group.relay() == null ? null : group.relay().describe(nowNs),
                heard);
    }
}
