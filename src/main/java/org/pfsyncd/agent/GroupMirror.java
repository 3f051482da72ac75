package org.pfsyncd.agent;

import org.pfsyncd.group.Mirror;
import org.pfsyncd.state.MirrorTable;
import org.pfsyncd.state.RecordConsumer;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** One realm of the table, as a group sees it. Owned by the sync agent. */
final class GroupMirror implements Mirror {
    private final MirrorTable table;
    private final NameTable names;
    private final int realm;
    private final RecordConsumer consumer = this::onRecord;
    private Reader reader;

    GroupMirror(MirrorTable table, NameTable names, String realm) {
        this.table = table;
        this.names = names;
        this.realm = names.intern(realm);
    }

    @Override
    public NameTable names() {
        return names;
    }

    @Override
    public void relayed(boolean isRelayed) {
        table.relayed(isRelayed);
    }

    @Override
    public int insert(StateRecord received, long nowMs) {
        received.realm(realm);
        return table.insert(received, nowMs);
    }

    @Override
    public int update(StateRecord received, long nowMs) {
        received.realm(realm);
        return table.update(received, nowMs);
    }

    @Override
    public int updateCompressed(UpdateView update, long nowMs) {
        return table.updateCompressed(
                realm, update.id, update.creatorId, update.src, update.dst, update.timeout, nowMs);
    }

    @Override
    public int delete(long id, int creatorId, long nowMs) {
        return table.delete(realm, id, creatorId, nowMs);
    }

    @Override
    public int clear(int creatorId, int ifnameId, long nowMs) {
        return table.clear(realm, creatorId, ifnameId, nowMs);
    }

    @Override
    public void sweepUnconfirmed(long nowMs) {
        table.sweepUnconfirmed(realm, nowMs);
    }

    @Override
    public boolean get(long id, int creatorId, StateRecord into) {
        return table.get(realm, id, creatorId, into);
    }

    @Override
    public int segmentCount() {
        return table.segmentCount();
    }

    @Override
    public void readSegment(int segment, Reader shown) {
        reader = shown;
        table.readSegment(segment, consumer);
    }

    private void onRecord(StateRecord record) {
        if (record.realm() == realm) {
            reader.onState(record);
        }
    }
}
