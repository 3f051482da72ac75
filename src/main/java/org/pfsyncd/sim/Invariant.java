package org.pfsyncd.sim;

/** What must always hold; the numbers are those of the design. */
enum Invariant {
    CONVERGENCE(1, "when faults stop, all mirrors become equal"),
    NO_REGRESSION(2, "sequence bounds and peer states never move backward"),
    NO_GHOST(3, "what is gone everywhere is gone from every mirror"),
    NO_INVENTION(4, "every state came from a source that the configuration allows"),
    JOURNAL_IS_MIRROR(5, "the journal replays to the mirror"),
    NOTHING_LOST(6, "what a peer saw us accept survives kill -9"),
    BOUNDED(7, "memory, queues and work have limits, and nothing fails unexpectedly"),
    DETERMINISTIC(8, "the same seed gives the same bytes"),
    HOSTILE_FRAMES(9, "no input throws"),
    NO_HARM(10, "a node sends what its role says, and nothing that is not the firewall's");

    private final int number;
    private final String meaning;

    Invariant(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }
}
