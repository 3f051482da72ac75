package org.pfsyncd.bench;

import java.util.Locale;

/** The processes that a benchmark starts beside the daemon. */
enum ChildKind {
    /** Answers each frame. */
    ECHO_FLOOR,
    /** Sends or sees bare frames. */
    HOP_FLOOR,
    /** Sends pfsync frames and measures the answers. */
    LOAD,
    /** A relay with its source in its own cycle. */
    ANNOUNCE,
    /** A table on one thread. */
    TABLE,
    /** A node whose firewall lies in its own cycle. */
    LINK_NODE;

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Runs until it is killed, or until its questions end. */
    void run(String[] arguments) throws Exception {
        switch (this) {
            case ECHO_FLOOR -> EchoFloor.main(arguments);
            case HOP_FLOOR -> HopFloor.main(arguments);
            case LOAD -> LoadProcess.main(arguments);
            case ANNOUNCE -> AnnounceProcess.main(arguments);
            case TABLE -> TableProcess.main(arguments);
            case LINK_NODE -> LinkNodeProcess.main(arguments);
        }
    }
}
