package org.pfsyncd.group;

import java.util.Arrays;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.EventLog;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.FrameInfo;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameWalker;

/**
 * A member of one pfsync segment: mirrors what it hears, sends nothing but paced requests and,
 * where it is the only partner, acknowledgements; what its role sends beyond that, its {@link Duty
 * duties} send (design section 5, spec pfsync.md sections 8 and 20).
 *
 * <p>Owned by the sync agent, in this order: {@link #poll} hands frames over; after each, the agent
 * publishes the batch it caused and calls {@link #release} or {@link #withhold}; {@link #work}
 * keeps the deadlines.
 */
public final class PfsyncGroup implements FrameHandler {
    private static final long HOUSEKEEPING_NS = 1_000_000_000L;

    private GroupSettings settings;
    private final Port port;
    private final CounterSet<GroupCounter> counters;
    private final EventLog log;
    private final SenderTable senders = new SenderTable();
    private final DialectChoice dialects;
    private final FrameGate gate;
    private final PortWatch watch;
    private final FrameWalker walker = new FrameWalker();
    private final GroupInput input;
    private final GroupOutput output;
    private final BulkRequester bulk;
    private final Mirror mirror;
    private final int accepted;

    /** The holder from MEMBER on, a relay in RELAY; {@link GroupInput} tells them what it hears. */
    private Duty[] duties;

    private final Holder holder;

    private GroupRelay relay;
    private SyncFault fault = SyncFault.STARTED;
    private long heardNs;
    private boolean hasHeard;
    private boolean isFirstWork = true;
    private long housekeepingNs;
    private long frameNs;

    /** All frames that wait arrived later. */
    private long drainedNs;

    private long frameMs;

    /**
     * @param budget 16 bytes that outlast the process, for the budget of bulk requests.
     */
    public PfsyncGroup(
            GroupSettings settings,
            Port port,
            Mirror mirror,
            GroupMetrics metrics,
            AtomicBuffer budget) {
        this.settings = settings;
        this.port = port;
        this.mirror = mirror;
        counters = metrics.counters();
        log = metrics.log();
        RequestBudget requests =
                new RequestBudget(budget, settings.bulkBudget(), settings.bulkRefillMs());
        bulk = new BulkRequester(requests, settings.bulkPaceNs(), counters);
        output = new GroupOutput(port, counters);
        dialects = new DialectChoice(settings.dialect(), senders);
        watch = new PortWatch(port, counters);
        gate = new FrameGate(this, settings, counters);
        input = new GroupInput(this, settings, mirror, counters);
        holder =
                settings.role() == GroupRole.LISTEN
                        ? null
                        : new Holder(this, settings, port, mirror, metrics);
        duties = holder == null ? new Duty[0] : new Duty[] {holder};
        accepted = dialects.accepted();
    }

    /** Interfaces have other names on this segment: there to here. Call before the first frame. */
    public void mapInterfaces(Map<String, String> pairs) {
        input.interfaces().map(pairs);
        if (holder != null) {
            holder.interfaces(input.interfaces().map());
        }
    }

    /** Adds what role relay does beyond a member. */
    public void announce(AnnounceSettings announcing) {
        InterfaceMap interfaces = input.interfaces().map();
        relay =
                new GroupRelay(
                        this,
                        announcing,
                        new AnnounceOutput.Parts(port, counters, interfaces, mirror));
        input.relay(relay);
        duties = Arrays.copyOf(duties, duties.length + 1);
        duties[duties.length - 1] = relay;
    }

    /** What role relay adds, or null. */
    public GroupRelay relay() {
        return relay;
    }

    /** In which dialects to speak. */
    DialectChoice dialects() {
        return dialects;
    }

    /** The group's counters. */
    public CounterSet<GroupCounter> counters() {
        return counters;
    }

    /** The group's name. */
    public String name() {
        return settings.name();
    }

    /**
     * Hands at most {@code frameLimit} frames to the given handler, which wraps {@link #onFrame}.
     */
    public int poll(FrameHandler handler, int frameLimit, long nowNs, long nowMs) {
        frameNs = nowNs;
        frameMs = nowMs;
        bulk.onPoll(drainedNs);
        int frames = port.poll(handler, frameLimit);
        drainedNs = frames < frameLimit ? nowNs : drainedNs;
        if (holder != null) {
            holder.onPolled(frames == frameLimit);
        }
        return frames;
    }

    @Override
    public void onFrame(DirectBuffer buffer, int offset, int length, FrameInfo info) {
        if (!gate.isOpenTo(info, frameNs)) {
            return;
        }
        int sender = senders.heard(info.source, info.af, frameNs);
        if (sender < 0) {
            counters.increment(GroupCounter.SENDERS_SHED);
        } else if (senders.hasLastAppeared()) {
            bulk.onAppearance(frameNs);
        }
        input.begin(sender, frameNs, frameMs);
        walker.walk(buffer, offset, length, accepted, input);
    }

    /** A firewall spoke of its states; what another mirror may say too breaks no silence. */
    void onNews() {
        heardNs = frameNs;
        hasHeard = true;
    }

    /** What the last frame caused is kept: its answers may leave. Returns frames sent. */
    public int release() {
        int frames = output.flush(dialects.answer());
        for (Duty duty : duties) {
            frames += duty.release(frameNs, frameMs);
        }
        return frames;
    }

    /**
     * What the last frame caused could not be kept: nothing is promised, and the mirror is no
     * longer proven.
     */
    public void withhold(long nowNs) {
        output.discard();
        raise(SyncFault.JOURNAL_SHED, nowNs);
        for (Duty duty : duties) {
            duty.withhold(nowNs);
        }
    }

    /**
     * Deadlines and, each second, a look at the socket. Returns work done.
     *
     * @param isKept whether everything in the table is in the journal ring, so that it may be
     *     promised to others.
     */
    public int work(long nowNs, long nowMs, boolean isKept) {
        int workCount = 0;
        if (isFirstWork || nowNs - housekeepingNs >= 0) {
            housekeepingNs = nowNs + HOUSEKEEPING_NS;
            housekeep(nowNs);
            workCount++;
        }
        if (bulk.work(nowNs)) {
            onBulkDone(nowNs, nowMs);
            workCount++;
        }
        if (port.isUp() && bulk.isRequestDue(nowNs, nowMs)) {
            requestBulk(nowNs);
            workCount++;
        }
        for (Duty duty : duties) {
            if (isKept) {
                workCount += duty.work(nowNs, nowMs, isInSync());
            } else {
                duty.withhold(nowNs);
            }
        }
        return workCount;
    }

    private void housekeep(long nowNs) {
        if (isFirstWork) {
            isFirstWork = false;
            watch.begin();
            heardNs = nowNs;
            bulk.want(nowNs);
        }
        watch.look(this, nowNs);
        if (fault == SyncFault.NONE && nowNs - heardNs >= settings.silenceNs()) {
            raise(SyncFault.SILENT, nowNs);
        }
    }

    private void onBulkDone(long nowNs, long nowMs) {
        heardNs = nowNs;
        hasHeard = true;
        log.info(
                "bulk done group="
                        + settings.name()
                        + " after="
                        + fault.name().toLowerCase(java.util.Locale.ROOT));
        fault = SyncFault.NONE;
        mirror.sweepUnconfirmed(nowMs);
    }

    private void requestBulk(long nowNs) {
        if (output.requestBulk(dialects.bulk())) {
            bulk.onSent(nowNs);
            log.info(
                    "bulk request group="
                            + settings.name()
                            + " try="
                            + bulk.tries()
                            + " reason="
                            + fault.name().toLowerCase(java.util.Locale.ROOT));
        } else {
            bulk.onSendFailed(nowNs);
        }
    }

    /**
     * A fault clears {@code in_sync} and starts a paced repair. A later fault during a repair
     * starts it over.
     */
    void raise(SyncFault cause, long nowNs) {
        if (fault != cause && log.isDue(Cause.FAULT.ordinal(), nowNs)) {
            frameNs = nowNs;
            warn(
                    Cause.FAULT,
                    "out of sync group="
                            + settings.name()
                            + " reason=\""
                            + cause.text()
                            + "\" action=bulk-request");
        }
        boolean isFirst = fault == SyncFault.NONE || bulk.phase() != BulkPhase.WANTED;
        if (cause == SyncFault.PORT_DOWN || cause == SyncFault.INTERFACE_RECREATED) {
            input.restartWatch();
        }
        fault = cause;
        if (isFirst) {
            bulk.want(nowNs);
        }
    }

    /**
     * Something of the segment was refused for want of room: asking again at once would make the
     * firewalls send their table for nothing, so the repair is put off.
     */
    void raiseRefused(SyncFault cause, long nowNs) {
        if (fault != cause && log.isDue(Cause.FAULT.ordinal(), nowNs)) {
            warn(
                    Cause.FAULT,
                    "out of sync group="
                            + settings.name()
                            + " reason=\""
                            + cause.text()
                            + "\" action=bulk-request-later");
        }
        fault = cause;
        bulk.onRefused(nowNs);
    }

    /** The operator asks for a bulk update. */
    public void requestSync(long nowNs) {
        fault = SyncFault.OPERATOR;
        bulk.want(nowNs);
    }

    /** Whether the mirror is proven equal to the segment's table. */
    public boolean isInSync() {
        return fault == SyncFault.NONE && port.isUp();
    }

    /**
     * Takes over what may change while running: ack, allow, interfaces, silence, answer rate. Sends
     * nothing and changes no state.
     */
    public void reconfigure(GroupSettings changed) {
        settings = changed;
        gate.reconfigure(changed);
        input.reconfigure(changed);
        for (Duty duty : duties) {
            duty.reconfigure(changed);
        }
    }

    /** For operators; allocates. */
    public GroupStatus status(long nowNs) {
        return GroupReport.of(this, reason(), hasHeard ? nowNs - heardNs : -1, nowNs);
    }

    private String reason() {
        if (!port.isUp()) {
            return SyncFault.PORT_DOWN.text();
        }
        if (fault == SyncFault.NONE) {
            return fault.text();
        }
        return fault.text() + "; " + bulk.describe();
    }

    /** Address of a tracked sender, for log lines. */
    String senderText(int sender) {
        return sender < 0 ? "untracked" : senders.text(sender);
    }

    SenderTable senders() {
        return senders;
    }

    GroupOutput output() {
        return output;
    }

    BulkRequester bulk() {
        return bulk;
    }

    /** Null in role listen. */
    Holder holder() {
        return holder;
    }

    /** Answers go out in the format of whoever caused them. */
    void answerIn(Dialect dialect) {
        dialects.answerIn(dialect);
    }

    boolean isWarnDue(Cause cause, long nowNs) {
        return log.isDue(cause.ordinal(), nowNs);
    }

    void warn(Cause cause, String line) {
        log.warn(cause.ordinal(), frameNs, line);
    }

    void tell(String line) {
        log.info(line);
    }

    /** Causes of log lines, each rate-limited by itself. */
    public enum Cause {
        BAD_TTL,
        BAD_VERSION,
        BAD_FRAME,
        BAD_VALUE,
        TABLE_FULL,
        OWN_CREATORID,
        MTU,
        FAULT,
        ANSWER,
        SLOW_ANSWER
    }
}
