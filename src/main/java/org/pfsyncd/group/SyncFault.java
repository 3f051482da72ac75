package org.pfsyncd.group;

/**
 * Why a mirror is not proven equal to its segment. The texts are shown to operators and promised to
 * scripts.
 */
enum SyncFault {
    NONE("in sync"),
    STARTED("started: waiting for a bulk update"),
    OPERATOR("resynchronisation requested by the operator"),
    PORT_DOWN("interface down or missing"),
    INTERFACE_RECREATED("interface was created anew: packets may have been missed"),
    SOCKET_DROPS("the kernel dropped packets: raise net.core.rmem_max"),
    TABLE_FULL("table full: states were refused; raise node.capacity"),
    NAMES_FULL("name table full: states were refused; restart the daemon to forget old names"),
    CLEAR_SHED("too many clears at once: cleared states may remain until they expire"),
    JOURNAL_SHED("journal ring full: changes were refused"),
    SILENT("nothing heard of states for longer than the silence limit");

    private final String text;

    SyncFault(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
