package org.pfsyncd.wire;

import org.agrona.DirectBuffer;

/**
 * Takes what {@link FrameWalker} finds, in the order of the wire. Flyweights are reused: valid
 * during the call. Nothing here may throw, and nothing may be believed beyond lengths: values are
 * checked by the decoders.
 */
public interface FrameVisitor {
    /** The header is sound: version 5 or 6. {@code fingerprintOffset}: 16 bytes of pfcksum. */
    default void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {}

    /** A subheader; {@code count} messages were announced, of which none has been looked at yet. */
    default void onRegion(int action, int count) {}

    /** A v6 region was skipped by its length: unknown, unimplemented, or shorter than known. */
    default void onSkipped(int action, int count) {}

    /** INS, UPD or DEL. */
    default void onState(MessageKind kind, StateDecoder state) {}

    /** UPD_C. */
    default void onUpdateCompressed(UpdateCompressedDecoder update) {}

    /** INS_ACK, UPD_REQ or DEL_C. */
    default void onId(MessageKind kind, IdDecoder id) {}

    /** CLR. */
    default void onClear(ClearDecoder clear) {}

    /** BUS; {@code index} counts from 0 within the region. */
    default void onBulkStatus(BulkStatusDecoder status, int index) {}

    /** TDB. */
    default void onTdb(TdbDecoder tdb) {}

    /**
     * The frame, or the rest of it, is refused; {@code detail} is the version byte or the action
     * number.
     */
    default void onReject(Reject reject, int detail) {}
}
