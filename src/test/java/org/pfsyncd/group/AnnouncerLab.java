package org.pfsyncd.group;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.Counters;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.support.FakePort;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.support.StateRecordBuilder;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** The real output queues over a port in memory and a table that is a map, on a stepped clock. */
final class AnnouncerLab {
    static final int CREATOR = 0xa1b2c3d4;
    static final long SECOND_NS = 1_000_000_000L;

    final NameTable names = new NameTable();
    final FakePort port = new FakePort();
    final CounterSet<GroupCounter> counters = Counters.inMemory().group("g");
    final Map<Long, StateRecord> table = new HashMap<>();
    final StateRecords states = new StateRecords(names);
    final Mirror mirror = mirror(names, this::get);
    final Announcer announcer;
    Dialect dialect = Dialect.V1301;
    long nowNs = Long.MAX_VALUE - SECOND_NS / 2; // wraps within the first second
    long nowMs = StateRecords.NOW_MS;

    AnnouncerLab() {
        this(AnnounceSettings.of(1, 1, "r"), Map.of());
    }

    AnnouncerLab(AnnounceSettings settings, Map<String, String> interfaces) {
        announcer =
                new Announcer(
                        settings,
                        new AnnounceOutput.Parts(
                                port, counters, new InterfaceMap(interfaces, names), mirror));
    }

    /** A table that is only read. */
    private static Mirror mirror(NameTable names, States states) {
        return (Mirror)
                Proxy.newProxyInstance(
                        Mirror.class.getClassLoader(),
                        new Class<?>[] {Mirror.class},
                        (proxy, method, arguments) -> {
                            return switch (method.getName()) {
                                case "names" -> names;
                                case "get" ->
                                        states.get(
                                                (long) arguments[0],
                                                (int) arguments[1],
                                                (StateRecord) arguments[2]);
                                default -> throw new AssertionError(method + " was called");
                            };
                        });
    }

    private interface States {
        boolean get(long id, int creatorId, StateRecord into);
    }

    private boolean get(long id, int creatorId, StateRecord into) {
        StateRecord found = creatorId == CREATOR ? table.get(id) : null;
        if (found != null) {
            into.copyFrom(found);
        }
        return found != null;
    }

    AnnouncerLab speak(Dialect spoken) {
        dialect = spoken;
        return this;
    }

    /** A confirmed TCP state that is in the table from now on. */
    StateRecord tcp(long id) {
        return keep(states.tcp(id, CREATOR));
    }

    StateRecord keep(StateRecordBuilder state) {
        StateRecord record = state.record();
        record.marks(StateRecord.MARK_CONFIRMED);
        table.put(record.id(), record);
        return record;
    }

    AnnouncerLab insert(long id) {
        if (!table.containsKey(id)) {
            tcp(id);
        }
        announcer.inserted(id, CREATOR, nowNs);
        return this;
    }

    AnnouncerLab update(long id) {
        announcer.updated(id, CREATOR, nowNs);
        return this;
    }

    AnnouncerLab delete(long id) {
        table.remove(id);
        announcer.deleted(id, CREATOR, nowNs);
        return this;
    }

    AnnouncerLab work() {
        announcer.work(dialect, nowNs, nowMs);
        return this;
    }

    AnnouncerLab advanceMs(long ms) {
        nowNs += ms * 1_000_000;
        nowMs += ms;
        return work();
    }

    /** Messages of all frames sent since the last call, each as action and state's number. */
    List<String> taken() {
        List<String> messages = new ArrayList<>();
        for (byte[] frame : port.takeSent()) {
            RecordingVisitor seen = RecordingVisitor.walk(frame, names);
            for (String message : seen.messages()) {
                String[] words = message.split(" ", -1);
                String pair = words[words[1].contains("/") ? 1 : 2];
                messages.add(words[0] + " " + Long.parseLong(pair.substring(0, 16), 16));
            }
        }
        return messages;
    }

    long count(GroupCounter id) {
        return counters.get(id);
    }
}
