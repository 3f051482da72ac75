package org.pfsyncd.wire;

/**
 * Whether a dialect can carry a state at all (spec pfsync.md sections 6.5 and 20.3). One that
 * cannot is counted and not sent, because a receiver would refuse it or, worse, believe it.
 */
public final class Representable {
    private static final int TIMEOUT_SCTP_FIRST = 20;

    private Representable() {}

    /**
     * True if the state survives in the dialect with everything that matters for passing packets.
     */
    public static boolean isIn(StateRecord record, Dialect dialect) {
        boolean hasSctpTimeout = record.timeout() >= TIMEOUT_SCTP_FIRST;
        boolean isTranslatedFamily = record.wireAf() != record.stackAf();
        boolean isTranslatedProtocol = record.wireProto() != record.stackProto();
        return switch (dialect) {
            case V6 -> !hasSctpTimeout && !isTranslatedProtocol;
            case V1301 -> !hasSctpTimeout && !isTranslatedFamily && !isTranslatedProtocol;
            case V1400 -> !isTranslatedFamily && !isTranslatedProtocol;
            case V1500 -> true;
            case V5 -> false;
        };
    }
}
