package org.pfsyncd.text;

import org.pfsyncd.wire.Action;

/** Names of action numbers (spec pfsync.md section 5.8), those without a handler included. */
final class ActionNames {
    private static final String[] V5 = {
        "CLR", "INS", "INS_ACK", "UPD", "UPD_C", "UPD_REQ", "DEL", "DEL_C", "INS_F", "DEL_F", "BUS",
        "TDB", "EOF", "INS", "UPD", "INS", "UPD"
    };
    private static final String[] V6 = {
        "CLR", "OINS", "INS_ACK", "OUPD", "UPD_C", "UPD_REQ", "DEL", "DEL_C", "INS_F", "DEL_F",
        "BUS", "OTDB", "EOF", "INS", "UPD", "TDB", "UNKNOWN"
    };

    private ActionNames() {}

    /** The name, or {@code UNKNOWN}. */
    static String of(int version, int action) {
        if (action >= Action.COUNT) {
            return "UNKNOWN";
        }
        return (version == 6 ? V6 : V5)[action];
    }
}
