package org.pfsyncd.pfhost;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the hosts of a run and their traffic suffered. */
final class Harm {
    /**
     * By how much two runs may differ because packets leave at other instants: an END that falls
     * into the next second may not be believed (12.2), and ours is the one that counts. It comes
     * 1.2 s after its START, and that behind the END of an answer that was under way.
     */
    private static final long TOLERATED_MS = 2_500;

    /**
     * A request makes a host send at once what else would have left a second later, and what comes
     * then leaves later: a connection whose way back is another host's may overtake its state where
     * it did not without us.
     */
    private static final long TOLERATED_PACKETS = 2;

    /** As {@link #TOLERATED_PACKETS}, of states whose last update is on its way. */
    private static final long TOLERATED_STATES = 1;

    /**
     * What became of one connection.
     *
     * @param missing hosts that lack one of its states.
     */
    private record Fate(long blocked, boolean isBroken, int missing, boolean isLeftToChance) {}

    /** By a name that is the same in both runs of a seed. */
    private final Map<String, Fate> fates = new HashMap<>();

    long blocked;
    long broken;
    long demotedMs;

    /** The daemon was killed in the middle of an answer: who asked waits for an END in vain. */
    boolean isAnswerCut;

    long missing;
    long behind;
    long left;
    long asking;

    /** Full states that the hosts sent on request: their answers with whole tables, mostly. */
    long told;

    /** A connection, once its run is over. */
    void note(String name, Conversation conversation, int hostsWithout) {
        boolean isBroken = conversation.isBroken();
        boolean isLeftToChance = conversation.isLeftToChance();
        fates.put(name, new Fate(conversation.blocked, isBroken, hostsWithout, isLeftToChance));
        blocked += conversation.blocked;
        broken += isBroken ? 1 : 0;
        missing += hostsWithout;
    }

    /** Adds the sums of a run; its connections cannot be compared any more. */
    void add(Harm run) {
        blocked += run.blocked;
        broken += run.broken;
        demotedMs += run.demotedMs;
        missing += run.missing;
        behind += run.behind;
        left += run.left;
        asking += run.asking;
        told += run.told;
    }

    /** Whether it is more in anything than another, of connections that neither left to chance. */
    boolean isWorseThan(Harm other) {
        Set<String> chance = new HashSet<>(leftToChance());
        chance.addAll(other.leftToChance());
        return missingBut(chance) > other.missingBut(chance)
                || behind > other.behind + TOLERATED_STATES
                || blockedBut(chance) > other.blockedBut(chance) * 21 / 20 + TOLERATED_PACKETS
                || brokenBut(chance) > other.brokenBut(chance)
                || (demotedMs > other.demotedMs + TOLERATED_MS && !isAnswerCut);
    }

    private Set<String> leftToChance() {
        return fates.entrySet().stream()
                .filter(entry -> entry.getValue().isLeftToChance)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private Stream<Fate> but(Set<String> chance) {
        return fates.entrySet().stream()
                .filter(entry -> !chance.contains(entry.getKey()))
                .map(Map.Entry::getValue);
    }

    private long missingBut(Set<String> chance) {
        return but(chance).mapToLong(Fate::missing).sum();
    }

    private long blockedBut(Set<String> chance) {
        return but(chance).mapToLong(Fate::blocked).sum();
    }

    private long brokenBut(Set<String> chance) {
        return but(chance).filter(Fate::isBroken).count();
    }

    @Override
    public String toString() {
        return String.format(
                "blocked %d broken %d demoted %d ms, at the check missing %d behind %d asking"
                        + " %d, left %d, told %d",
                blocked, broken, demotedMs, missing, behind, asking, left, told);
    }
}
