package org.pfsyncd.group;

import java.util.Map;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Interface names as a segment's firewalls use them, and as the table uses them: both ways, one to
 * one. A name that is not listed is the same on both sides.
 *
 * <p>Used on import and export of full states and on import of CLR (spec pfsync.md sections 4.7 and
 * 19 item 5). Owned by the sync agent; allocates nothing once made.
 */
final class InterfaceMap {
    /** Most pairs: they are searched one by one. */
    static final int LIMIT = 64;

    private final int[] there;
    private final int[] here;

    /**
     * @param pairs name on the segment to name in the table; at most {@link #LIMIT}.
     */
    InterfaceMap(Map<String, String> pairs, NameTable names) {
        there = new int[pairs.size()];
        here = new int[pairs.size()];
        int i = 0;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            there[i] = names.intern(pair.getKey());
            here[i] = names.intern(pair.getValue());
            i++;
        }
    }

    /** Renames what came from the segment. */
    void in(StateRecord record) {
        if (there.length > 0) {
            record.ifname(in(record.ifname()))
                    .origIfname(in(record.origIfname()))
                    .rtIfname(in(record.rtIfname()));
        }
    }

    /** Renames what goes to the segment. */
    void out(StateRecord record) {
        if (there.length > 0) {
            record.ifname(find(here, there, record.ifname()))
                    .origIfname(find(here, there, record.origIfname()))
                    .rtIfname(find(here, there, record.rtIfname()));
        }
    }

    /** The table's name for one of the segment; negative answers of a decoder stay as they are. */
    int in(int nameId) {
        return find(there, here, nameId);
    }

    private static int find(int[] from, int[] to, int nameId) {
        for (int i = 0; i < from.length; i++) {
            if (from[i] == nameId) {
                return to[i];
            }
        }
        return nameId;
    }
}
