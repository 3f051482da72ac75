package org.pfsyncd.pfhost;

import org.pfsyncd.wire.MessageKind;

/** The queues in which a state can wait to be told, at most one at a time (10.1). */
enum QueueKind {
    INS(MessageKind.INS),
    IACK(MessageKind.INS_ACK),
    UPD(MessageKind.UPD),
    UPD_C(MessageKind.UPD_C),
    DEL(MessageKind.DEL_C);

    final MessageKind message;

    QueueKind(MessageKind message) {
        this.message = message;
    }
}
