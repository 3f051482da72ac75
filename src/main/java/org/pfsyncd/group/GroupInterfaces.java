package org.pfsyncd.group;

import java.util.Map;
import java.util.Set;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * The interfaces of a group: what they are called in the table, and which of them states may be
 * bound to. Owned by the sync agent.
 */
final class GroupInterfaces {
    private static final String FLOATING = "all";

    private final NameTable names;
    private final boolean[] isKnown = new boolean[0x10000];
    private InterfaceMap map;
    private Set<String> allowed;
    private int namesChecked;

    /**
     * @param allowed names in the table that a state may be bound to; empty for any.
     */
    GroupInterfaces(Set<String> allowed, NameTable names) {
        this.allowed = allowed;
        this.names = names;
        map = new InterfaceMap(Map.of(), names);
    }

    void allow(Set<String> changed) {
        allowed = changed;
        namesChecked = 0;
    }

    void map(Map<String, String> pairs) {
        map = new InterfaceMap(pairs, names);
    }

    InterfaceMap map() {
        return map;
    }

    /** Renames what came from the segment. */
    void in(StateRecord record) {
        map.in(record);
    }

    /** The table's name for one of the segment. */
    int in(int nameId) {
        return map.in(nameId);
    }

    /**
     * Whether states may be bound to this interface: floating, no list configured, or named by the
     * list. Answers are remembered by name id, so a name is compared once.
     */
    boolean isKnown(int ifname) {
        if (allowed.isEmpty()) {
            return true;
        }
        for (; namesChecked < names.size(); namesChecked++) {
            String name = names.name(namesChecked);
            isKnown[namesChecked] = name.equals(FLOATING) || allowed.contains(name);
        }
        return isKnown[ifname];
    }
}
