package org.pfsyncd.agent;

import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.replay.Replayed;

/**
 * With which time a process starts: the one of the process before, if the machine was not booted
 * since, or the wall clock's. After a crash it is no earlier than the journal's end where peers can
 * set it right: a machine that boots without the time is behind, and nothing in the table is to be
 * taken for older than it is.
 *
 * @param shiftMs what is to be added to all times of the replayed table; not above 0.
 * @param goesOn whether the clock of the process before goes on.
 */
record StartClock(NodeClock nodeClock, ClusterClock clusterClock, long shiftMs, boolean goesOn) {

    /**
     * @param file {@link SavedClock#LENGTH} bytes.
     */
    static StartClock of(
            Surroundings surroundings, RunFile file, Replayed replayed, PfsyncdConfig config) {
        long nowNs = surroundings.nano().nanoTime();
        SavedClock saved = new SavedClock(file.buffer(), surroundings.boot(), nowNs);
        NodeClock clock = new NodeClock(surroundings.epoch(), nowNs);
        boolean goesOn = saved.goesOn(clock.time(), nowNs);
        boolean hasPeers = !config.peers().isEmpty();
        long shiftMs = 0;
        ClusterClock.Past past;
        if (goesOn) {
            clock.resume(saved.nodeMs(nowNs), saved.offsetMs());
            past = saved.past(replayed.incarnation());
        } else {
            long behindMs = replayed.documents() == 0 ? 0 : replayed.timeMs() - clock.time();
            if (behindMs > 0 && hasPeers && !replayed.isClosed()) {
                clock.set(behindMs);
            } else if (behindMs > 0) {
                shiftMs = -behindMs;
            }
            past = ClusterClock.Past.none(clock.time(), shiftMs, replayed.timeMs());
        }
        ClusterClock clusterClock = new ClusterClock(clock, nowNs, past, hasPeers, saved);
        return new StartClock(clock, clusterClock, shiftMs, goesOn);
    }
}
