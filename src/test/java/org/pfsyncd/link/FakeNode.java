package org.pfsyncd.link;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/** A node without table and journal: remembers what it was told. */
class FakeNode implements LinkNode {
    final long id;
    final String name;
    final List<String> events = new ArrayList<>();
    long knownIncarnation;
    long knownSequence;
    int memberCount;
    String refusal;
    boolean isContent = true;
    int entries;
    int clocks;

    FakeNode(long id, String name) {
        this.id = id;
        this.name = name;
    }

    @Override
    public long nodeId() {
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long nowMs() {
        return 1_700_000_000_000L;
    }

    @Override
    public long clockAgeMs() {
        return 5_000;
    }

    @Override
    public long newestIncarnation() {
        return 1;
    }

    @Override
    public long newestSequence() {
        return 0;
    }

    @Override
    public long knownIncarnation(long ofNode) {
        return knownIncarnation;
    }

    @Override
    public long knownSequence(long ofNode) {
        return knownSequence;
    }

    @Override
    public String refusal(PeerLink link, Hello hello) {
        return refusal;
    }

    @Override
    public int members(Hello.Member[] into) {
        for (int i = 0; i < memberCount; i++) {
            into[i].nodeId = 100L + i;
            into[i].name = "member-" + i;
            into[i].address = "10.0.0." + i;
        }
        return memberCount;
    }

    @Override
    public void onMembers(PeerLink link, Hello hello) {}

    @Override
    public void onBegin(PeerLink link) {
        events.add("begin");
    }

    @Override
    public void onEnd(PeerLink link) {
        events.add("end");
    }

    @Override
    public void onClock(PeerLink link, long peerNowMs, long peerClockAgeMs, boolean isGreeting) {
        clocks++;
    }

    @Override
    public boolean onEntry(
            PeerLink link, Entry entry, DirectBuffer content, int offset, int length) {
        entries++;
        return isContent;
    }
}
