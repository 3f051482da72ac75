package org.pfsyncd.pfhost;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * A firewall that speaks pfsync, scripted: see the package's notes. Owned by one thread; stepped.
 */
public final class PfHost {
    private static final int FRAMES = 4_096;

    private final PfHostSettings settings;
    private final Port port;
    private final HostClock clock;
    private final NameTable names = new NameTable();
    private final HostCounters counters = new HostCounters();
    private final Demotion demotion = new Demotion();
    private final FrameOut out;
    private final HostOutput output;
    private final HostInput input;
    private final BulkAsker asker;
    private final BulkHolder holder;
    private final Set<Integer> interfaces = new HashSet<>();
    private final PacketPath path;
    private StateTable table;
    private boolean isUp;
    private boolean isOn = true;
    private boolean hasSyncdev = true;

    public PfHost(PfHostSettings settings, Port port, long nowNs) {
        this.settings = settings;
        this.port = port;
        clock = new HostClock(nowNs);
        Kernel kernel = new Kernel(clock, names, counters);
        out = new FrameOut(settings, kernel, port);
        output = new HostOutput(settings, clock, out);
        asker = new BulkAsker(settings, clock, output, demotion);
        holder = new BulkHolder(settings, clock, output, out);
        input = new HostInput(this, kernel);
        path = new PacketPath(this, kernel);
        interfaces.add(names.intern(PacketPath.FLOATING));
        settings.interfaces.forEach(name -> interfaces.add(names.intern(name)));
        newTable();
    }

    private void newTable() {
        table = new StateTable(settings, clock.ms());
        out.table(table);
        holder.table(table);
        path.held.clear();
    }

    // What an administrator does.

    /** {@code ifconfig pfsync0 up}: asks for the whole table, demoted until it has come. */
    public void up() {
        isUp = isOn && hasSyncdev;
        output.up(isUp);
        if (isUp) {
            asker.start();
        }
    }

    /** As if the table had come long ago: up, and not asking. */
    public void upInSync() {
        isUp = isOn && hasSyncdev;
        output.up(isUp);
    }

    /** {@code ifconfig pfsync0 down}: what happens meanwhile is never announced. */
    public void down() {
        isUp = false;
        output.up(false);
        asker.stop();
        holder.stop();
    }

    /** The interface of the segment vanishes: quiet until {@link #syncdevReturns}. */
    public void syncdevVanishes() {
        hasSyncdev = false;
        down();
    }

    /** It is there again, and set again: asks for the whole table. */
    public void syncdevReturns() {
        hasSyncdev = true;
        port.checkInterface();
        up();
    }

    /** {@code pfctl -F states}: CLR with the own hostid, though all states go. */
    public void clearStates() {
        for (HostState state : table.states()) {
            state.silence();
            output.forget(state);
        }
        table.clear();
        path.held.clear();
        output.clear(0);
    }

    /** {@code pfctl -k}: DEL_C a state. Returns how many. */
    public int kill(Predicate<HostState> which) {
        List<HostState> all = table.states().stream().filter(which).toList();
        for (HostState state : all) {
            table.remove(state);
            removed(state);
        }
        settle();
        return all.size();
    }

    /** Off at once: nothing is sent, nothing is heard. */
    public void powerOff() {
        isOn = false;
        demotion.reset(clock.ns());
        down();
        asker.reset();
        newTable();
    }

    /** On again with an empty table; ids begin at the first again or go on where they were. */
    public void boot(boolean repeatsIds) {
        isOn = true;
        clock.reboot();
        newTable();
        path.reboot(repeatsIds);
        port.poll((buffer, offset, length, info) -> {}, FRAMES);
        up();
    }

    /** Puts a state into the table, as it is, without a word to anybody. */
    public HostState put(StateRecord record) {
        HostState state = new HostState();
        state.record.copyFrom(record);
        path.insert(state);
        return state;
    }

    /** {@code pfctl -L}: a state with the host's next id is announced. */
    public HostState load(StateRecord record) {
        HostState state = put(record);
        output.inserted(state);
        settle();
        return state;
    }

    // Time.

    /** Takes what has arrived and does what is due; the instant may not lie before the last. */
    public int work(long nowNs) {
        clock.advance(nowNs);
        if (!isOn) {
            port.poll((buffer, offset, length, info) -> {}, FRAMES);
            return 0;
        }
        int work = port.poll(input, FRAMES);
        for (HostState state : List.copyOf(table.expired(clock.ms()))) {
            table.remove(state);
            removed(state);
        }
        path.work();
        if (isUp) {
            asker.work();
            holder.work();
        }
        settle();
        return work;
    }

    /** When {@link #work} has something to do even if nothing arrives; purges aside. */
    public long nextNs() {
        long next = Math.min(output.nextNs(), Math.min(asker.nextNs(), holder.nextNs()));
        return Math.min(next, path.nextNs());
    }

    // Traffic.

    /** One packet of a connection comes by; false if pf blocks it. */
    public boolean packet(Flow flow, Segment packet) {
        boolean isPassed = isOn && path.packet(flow, packet);
        settle();
        return isPassed;
    }

    /** As {@link #packet}, of a connection that the host itself opens: one state, out. */
    public boolean ownPacket(Flow flow, Segment packet) {
        boolean isPassed = isOn && path.side(flow, packet, PacketPath.OUT);
        settle();
        return isPassed;
    }

    // What its parts do with it.

    /** Ends the wait of a held packet: it is sent or dropped. */
    void release(HostState state, boolean isSent) {
        path.release(state, isSent);
    }

    /** A state is out of the table; unless it was silenced, others hear of it. */
    void removed(HostState state) {
        path.held.remove(state);
        output.deleted(state);
    }

    void settle() {
        output.settle();
    }

    void onBulkRequest() {
        holder.onRequest();
    }

    void onBulkStatus(int status, long endTimeS) {
        asker.onStatus(status, endTimeS);
    }

    boolean hasInterface(int ifname) {
        return interfaces.contains(ifname);
    }

    StateTable table() {
        return table;
    }

    HostOutput output() {
        return output;
    }

    // What can be seen.

    public PfHostSettings settings() {
        return settings;
    }

    public String name() {
        return settings.name;
    }

    public boolean isUp() {
        return isUp;
    }

    public boolean isOn() {
        return isOn;
    }

    /** {@code pfctl -ss}. */
    public Collection<HostState> states() {
        return table.states();
    }

    public HostState find(long id, int creatorId) {
        return table.find(id, creatorId);
    }

    /** The highest id that a state made here ever had. */
    public long highestId() {
        return path.highestId;
    }

    /** Whether it has both states of a connection. */
    public boolean has(Flow flow) {
        return path.find(flow, PacketPath.IN) != null && path.find(flow, PacketPath.OUT) != null;
    }

    /** The state on the client's side, or null. */
    public HostState in(Flow flow) {
        return path.find(flow, PacketPath.IN);
    }

    /** The state on the server's side, or null. */
    public HostState out(Flow flow) {
        return path.find(flow, PacketPath.OUT);
    }

    /** Seconds that a state has left. */
    public long leftS(HostState state) {
        return Math.max(0, (table.endMs(state) - clock.ms()) / 1000);
    }

    public NameTable names() {
        return names;
    }

    public HostCounters counters() {
        return counters;
    }

    public Demotion demotion() {
        return demotion;
    }

    /** Waits for the whole table. */
    public boolean isAsking() {
        return asker.isAsking();
    }

    /** Gave up waiting and pretends that it came. */
    public boolean hasBulkFailed() {
        return asker.hasFailed();
    }

    /** Sends the whole table just now. */
    public boolean isAnswering() {
        return holder.isRunning();
    }

    /** Uptime in milliseconds, which the times in its states are of. */
    public long uptimeMs() {
        return clock.ms();
    }

    /** States whose first packet is held. */
    public int heldCount() {
        return path.held.size();
    }
}
