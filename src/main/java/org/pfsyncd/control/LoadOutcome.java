package org.pfsyncd.control;

/** What became of one state of a load; the labels are a promise to scripts. */
public enum LoadOutcome {
    INSERTED("inserted", ""),
    MERGED("merged", ""),
    KNOWN("known", ""),
    ENDED("ended", "its life was over before it was loaded"),
    AHEAD(
            "ahead",
            "its creation or last activity lies more than 10 s ahead of the node's clock;"
                    + " check the clocks, or --saved-at"),
    DEAD("dead", "it was deleted here less than 60 s ago; load it again in a minute"),
    COLLISION(
            "collision", "another state has its key, interface and direction; a load removes none"),
    OTHER("other-state", "another state has its id and creatorid; a load replaces none"),
    FULL("full", "the table is full; raise node.capacity"),
    NAMES_FULL(
            "names-full",
            "its interface or tag would be one name too many; a load may fill three quarters of"
                    + " the name table"),
    REALM("realm", "its realm is none of this node's groups; give --realm to load it all the same"),
    INVALID("value", "a value that no state can have");

    private final String label;
    private final String meaning;

    LoadOutcome(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** For scripts. */
    public String label() {
        return label;
    }

    /** Why it was refused, and what to do; empty if it was not. */
    public String meaning() {
        return meaning;
    }

    /** Whether the table has the state now. */
    public boolean isTaken() {
        return this == INSERTED || this == MERGED || this == KNOWN;
    }
}
