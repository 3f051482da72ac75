package org.pfsyncd.wire;

/**
 * What a message is, whatever number its version gives it. Names are those of the recordings'
 * histograms.
 */
public enum MessageKind {
    CLR,
    INS,
    INS_ACK,
    UPD,
    UPD_C,
    UPD_REQ,
    DEL,
    DEL_C,
    BUS,
    TDB,
    EOF
}
