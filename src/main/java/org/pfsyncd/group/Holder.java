package org.pfsyncd.group;

import java.util.Locale;
import org.pfsyncd.metrics.CounterSet;
import org.pfsyncd.metrics.GroupCounter;
import org.pfsyncd.net.Port;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.Dialect;

/**
 * Answers requests of others, in the roles {@code MEMBER} and {@code RELAY} (spec pfsync.md
 * sections 8.8 and 12.3; design section 5, do no harm).
 *
 * <p>For the whole table: START, full updates at {@code answerRate}, END. One answer at a time;
 * what becomes of a request during one, {@link AskedAgain} says. It begins only while the mirror is
 * proven, or when a firewall asks and nobody else began for three seconds, and ends without END as
 * soon as neither is true any more. END comes last and late: a second behind our last state, which
 * other nodes may take in out of order, and behind the END of any other member. A proven mirror
 * waits a minute for that; one that is not gives up if it does not come: a firewall becomes master
 * on the strength of our END. For a single state: only while the mirror is proven.
 *
 * <p>Owned by the sync agent; time is an argument. Allocates for log lines only.
 */
final class Holder implements Duty {
    static final long LATE_NS = 1_000_000_000L;
    static final long LATEST_NS = 60_000_000_000L;
    static final long REFUSED_PAUSE_NS = 10_000_000L;
    static final long REFUSED_LIMIT_NS = 10_000_000_000L;

    /** Cycles in which hearing goes before speaking, at most so many in a row. */
    static final int DEFERRALS_LIMIT = 16;

    /** Two that waited for one another begin within this time of each other. */
    static final long SAME_INSTANT_NS = 100_000_000L;

    private static final long BURST_NS = 2_000_000L;
    private static final int LEAST_BURST = 8;

    private enum Phase {
        IDLE,
        SENDING,
        ENDING
    }

    private final PfsyncGroup group;
    private final Port port;
    private final CounterSet<GroupCounter> counters;
    private final BulkRequests requests;
    private final AnswerFrames frames;
    private final BulkAnswer answer;
    private final SingleAnswers singles;
    private final OtherHolders others = new OtherHolders();
    private final AskedAgain again = new AskedAgain();
    private final AnswerReport report;
    private final Pace pace;
    private GroupSettings settings;

    private Phase phase = Phase.IDLE;
    private boolean isProven;
    private boolean wasProven;
    private long othersBefore;
    private long requesters;
    private long requestedNs;
    private long begunNs;
    private long sentNs;
    private long dueNs;
    private long refusedNs;
    private boolean isRefused;
    private int deferrals;
    private boolean isBehind;

    Holder(
            PfsyncGroup group,
            GroupSettings settings,
            Port port,
            Mirror mirror,
            GroupMetrics metrics) {
        this.group = group;
        this.settings = settings;
        this.port = port;
        counters = metrics.counters();
        frames = new AnswerFrames(port, mirror, counters);
        requests = new BulkRequests(counters);
        answer = new BulkAnswer(frames, mirror, counters);
        report = new AnswerReport(group, metrics.log(), answer);
        singles = new SingleAnswers(frames, settings.answerRate(), counters);
        pace = new Pace(settings.answerRate(), BURST_NS, LEAST_BURST);
    }

    /** The segment calls interfaces otherwise. */
    void interfaces(InterfaceMap map) {
        frames.interfaces(map);
    }

    @Override
    public void reconfigure(GroupSettings changed) {
        settings = changed;
        pace.rate(changed.answerRate());
        singles.rate(changed.answerRate());
    }

    /**
     * UPD_REQ.
     *
     * @param sender index in the {@link SenderTable}, -1 if there was no room to track it: then it
     *     is not answered.
     * @param headerVersion of its frame.
     */
    void onRequest(long id, int creatorId, int sender, int headerVersion, long nowNs) {
        if (sender < 0) {
            counters.increment(GroupCounter.ANSWERS_UNTRACKED);
            return;
        }
        Dialect dialect = dialectOf(sender, headerVersion);
        if (id != 0 || creatorId != 0) {
            if (isProven && group.isInSync()) {
                singles.stage(id, creatorId, dialect);
            } else {
                counters.increment(GroupCounter.ANSWERS_WITHHELD);
            }
            return;
        }
        counters.increment(GroupCounter.BULK_ASKED);
        if (phase == Phase.IDLE || !isAnswered(dialect, sender, nowNs)) {
            requests.add(dialect, sender, nowNs);
        }
    }

    /** Whether the answer under way will answer the request too. */
    private boolean isAnswered(Dialect dialect, int sender, long nowNs) {
        Dialect running = answer.dialect();
        if (running.headerVersion() != dialect.headerVersion()) {
            return false;
        }
        long bit = OtherHolders.bit(sender);
        boolean isOurs = running == dialect;
        boolean isKnown = isOurs && (requesters & bit) != 0;
        if (!isKnown && !isProven && !group.senders().isOrigin(sender)) {
            return false; // not to be served yet
        }
        if (isKnown && again.isImpatient(nowNs)) {
            counters.increment(GroupCounter.BULK_ANSWERS_SLOW);
            report.slow(sender, settings.answerRate(), again.waitedNs(nowNs), nowNs);
        }
        long restNs = LATE_NS + answer.left() * 1_000_000_000L / settings.answerRate();
        boolean isRestarted = again.isRestartDue();
        boolean isAnswered =
                again.isAnswered(running.headerVersion(), isKnown, isOurs, restNs, nowNs);
        if (again.isRestartDue() && isAnswered) {
            requestedNs = nowNs;
            requesters |= bit;
        }
        if (!isRestarted && again.isRestartDue()) {
            counters.increment(GroupCounter.BULK_ANSWERS_RESTARTED);
        }
        if (isAnswered) {
            counters.increment(GroupCounter.ANSWERS_MERGED);
        }
        return isAnswered;
    }

    /** The format heard last from it; the oldest where none was, which all its kin understand. */
    private Dialect dialectOf(int sender, int headerVersion) {
        if (settings.dialect() != null) {
            return settings.dialect();
        }
        if (headerVersion == Dialect.V6.headerVersion()) {
            return Dialect.V6;
        }
        Dialect heard = group.senders().dialect(sender);
        return heard == null || heard.stateLength() == 0 || heard == Dialect.V6
                ? Dialect.V1301
                : heard;
    }

    /** BUS of another member, which names itself by its creator id. */
    void onBulkStatus(int status, int creatorId, int sender, int headerVersion, long nowNs) {
        if (status == BulkStatusDecoder.START) {
            if (!isOnlyRequester(sender) && isLeftToUs(creatorId, nowNs)) {
                others.onEnd(sender, nowNs); // should it go on nevertheless, its updates tell
            } else {
                onOtherStart(sender, headerVersion, nowNs);
            }
        } else if (status == BulkStatusDecoder.END) {
            others.onEnd(sender, nowNs);
        }
    }

    /** A full update of another member. */
    void onUpdate(int sender, int headerVersion, long nowNs) {
        if (others.onUpdate(sender, nowNs)) {
            onOtherStart(sender, headerVersion, nowNs);
        }
    }

    private void onOtherStart(int sender, int headerVersion, long nowNs) {
        others.onStart(sender, nowNs);
        requests.onOtherStart(sender, headerVersion);
        if (phase != Phase.IDLE && isOnlyRequester(sender)) {
            othersBefore++; // whoever asks us cannot be who answers in our place
        }
    }

    /** Of two unproven members that begin at once, the one with the lower host id goes on. */
    private boolean isLeftToUs(int creatorId, long nowNs) {
        return phase != Phase.IDLE
                && !isProven
                && nowNs - begunNs < SAME_INSTANT_NS
                && Integer.compareUnsigned(settings.creatorId(), creatorId) < 0;
    }

    private boolean isOnlyRequester(int sender) {
        return requesters == OtherHolders.bit(sender);
    }

    /** Whether more frames wait than were taken in this cycle. */
    void onPolled(boolean isFull) {
        isBehind = isFull;
    }

    @Override
    public int release(long nowNs, long nowMs) {
        return singles.release(nowNs, nowMs);
    }

    @Override
    public void withhold(long nowNs) {
        singles.discard();
        isProven = false;
        abandon("journal", nowNs);
    }

    @Override
    public int work(long nowNs, long nowMs, boolean isProvenNow) {
        isProven = isProvenNow;
        if (phase == Phase.IDLE) {
            Dialect dialect = requests.next(nowNs, isProven, group.senders().origins(), others);
            boolean canBegin = dialect != null && port.isUp() && !isPausing(nowNs);
            return canBegin ? begin(dialect, nowNs, nowMs) : 0;
        }
        if (!mayGoOn(nowNs) || isPausing(nowNs)) {
            return 0;
        }
        // A delete may wait behind the state we are about to send: hear it first.
        deferrals = isBehind && deferrals < DEFERRALS_LIMIT ? deferrals + 1 : 0;
        if (deferrals > 0) {
            return 0;
        }
        if (again.isRestartDue() || again.isStartDue(nowNs)) {
            return sayStartAgain(nowNs, nowMs);
        }
        return phase == Phase.SENDING ? send(nowNs, nowMs) : end(nowNs, nowMs);
    }

    private boolean isPausing(long nowNs) {
        return isRefused && nowNs - dueNs < 0;
    }

    private int begin(Dialect dialect, long nowNs, long nowMs) {
        answer.rewind(dialect, isProven);
        if (!answer.sendMark(settings.creatorId(), 0, BulkStatusDecoder.START, nowMs)) {
            refuse(nowNs);
            return 0;
        }
        isRefused = false;
        requestedNs = requests.lastNs(dialect);
        begunNs = nowNs;
        again.begin(nowNs);
        requesters = requests.requesters(dialect);
        requests.remove(dialect);
        wasProven = isProven;
        othersBefore = others.starts();
        phase = Phase.SENDING;
        counters.increment(GroupCounter.BULK_ANSWERS_BEGUN);
        report.tell("begun", nowNs);
        return 1;
    }

    /** Somebody asked during the answer. */
    private int sayStartAgain(long nowNs, long nowMs) {
        if (again.isRestartDue()) {
            answer.rewind(answer.dialect(), isProven);
        }
        if (!answer.sendMark(settings.creatorId(), 0, BulkStatusDecoder.START, nowMs)) {
            refuse(nowNs);
            return 0;
        }
        isRefused = false;
        if (again.isRestartDue()) {
            begunNs = nowNs;
            phase = Phase.SENDING;
            again.restarted(nowNs);
            report.tell("begun-again", nowNs);
        } else {
            again.told(nowNs);
            counters.increment(GroupCounter.BULK_STARTS_REPEATED);
        }
        return 1;
    }

    /** The honesty rule, kept while the answer lasts. */
    private boolean mayGoOn(long nowNs) {
        wasProven |= isProven;
        if (isProven) {
            return true;
        }
        if (wasProven) {
            abandon("no-longer-proven", nowNs);
        } else if (others.starts() != othersBefore) {
            phase = Phase.IDLE;
            counters.increment(GroupCounter.BULK_ANSWERS_LEFT);
            report.tell("left-to-another", nowNs);
        }
        return phase != Phase.IDLE;
    }

    private int send(long nowNs, long nowMs) {
        long before = answer.progress();
        int result = answer.slice(pace.available(nowNs), nowMs);
        if (result < 0) {
            refuse(nowNs);
            return 0;
        }
        isRefused &= result == 0;
        pace.take(result);
        if (answer.isComplete()) {
            phase = Phase.ENDING;
            sentNs = nowNs;
        }
        return answer.progress() == before ? 0 : 1;
    }

    private int end(long nowNs, long nowMs) {
        long waitedNs = nowNs - sentNs;
        boolean isOtherRunning = others.isRunning(nowNs);
        if (waitedNs < LATE_NS || (isOtherRunning && waitedNs < LATEST_NS)) {
            return 0;
        }
        if (isOtherRunning && !isProven) {
            abandon("no-end-of-another", nowNs);
            return 0;
        }
        // Rounded down: a dump must not seem to have begun before it was asked for (12.2).
        long endTimeS = (nowNs - requestedNs) / 1_000_000_000L;
        if (!answer.sendMark(settings.creatorId(), endTimeS, BulkStatusDecoder.END, nowMs)) {
            refuse(nowNs);
            return 0;
        }
        isRefused = false;
        phase = Phase.IDLE;
        counters.increment(GroupCounter.BULK_ANSWERS_DONE);
        report.tell("done", nowNs);
        return 1;
    }

    /** The kernel took no frame: a pause, and after ten seconds without one the answer is over. */
    private void refuse(long nowNs) {
        if (!isRefused) {
            isRefused = true;
            refusedNs = nowNs;
        }
        dueNs = nowNs + REFUSED_PAUSE_NS;
        if (nowNs - refusedNs >= REFUSED_LIMIT_NS) {
            refusedNs = nowNs;
            abandon("not-sent", nowNs);
        }
    }

    /** No END may follow: whoever asked is still waiting, so its request waits again. */
    private void abandon(String cause, long nowNs) {
        if (phase != Phase.IDLE) {
            phase = Phase.IDLE;
            counters.increment(GroupCounter.BULK_ANSWERS_ABANDONED);
            report.tell(cause, nowNs);
            requests.putBack(answer.dialect(), requesters, nowNs);
        }
    }

    /** What it is doing, in words for operators; allocates. */
    String describe() {
        return switch (phase) {
            case IDLE -> requests.isAnyWaiting() ? "asked, waiting for others to answer" : "idle";
            case SENDING ->
                    String.format(
                            Locale.ROOT,
                            "sending in %s, %,d states so far",
                            answer.dialect().label(),
                            answer.sent());
            case ENDING ->
                    String.format(
                            Locale.ROOT,
                            "%,d states sent in %s, end follows",
                            answer.sent(),
                            answer.dialect().label());
        };
    }
}
