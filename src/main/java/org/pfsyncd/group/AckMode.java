package org.pfsyncd.group;

/** When an INS that asks for it is acknowledged (spec pfsync.md section 11). */
public enum AckMode {
    /**
     * Only when no other pf member than the sender is alive: any node's ACK releases the sender's
     * held packet.
     */
    AUTO,
    ALWAYS,
    NEVER
}
