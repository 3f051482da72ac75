package org.pfsyncd.support;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TdbDecoder;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/** Writes down what a walker delivers, one line an event, and keeps the decoded states. */
public final class RecordingVisitor implements FrameVisitor {
    private final List<String> lines = new ArrayList<>();
    private final List<StateRecord> states = new ArrayList<>();
    private final List<Reject> rejects = new ArrayList<>();
    private final NameTable names;
    private final long nowMs;

    public RecordingVisitor(NameTable names) {
        this(names, StateRecords.NOW_MS);
    }

    public RecordingVisitor(NameTable names, long nowMs) {
        this.names = names;
        this.nowMs = nowMs;
    }

    /** Walks a frame that may be of either version, in a buffer of exactly its length. */
    public static RecordingVisitor walk(byte[] frame, NameTable names) {
        RecordingVisitor visitor = new RecordingVisitor(names);
        visitor.walk(frame, FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6);
        return visitor;
    }

    public void walk(byte[] frame, int accepted) {
        new FrameWalker()
                .walk(
                        new org.agrona.concurrent.UnsafeBuffer(frame),
                        0,
                        frame.length,
                        accepted,
                        this);
    }

    /** Everything in the order of the wire. */
    public List<String> lines() {
        return lines;
    }

    /** The messages alone: no frame, no regions. */
    public List<String> messages() {
        return lines.stream()
                .filter(l -> !l.startsWith("frame") && !l.startsWith("region"))
                .toList();
    }

    /** Full states that passed their checks. */
    public List<StateRecord> states() {
        return states;
    }

    /** Refusals of the frame, and of single messages. */
    public List<Reject> rejects() {
        return rejects;
    }

    @Override
    public void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {
        buffer.checkLimit(fingerprintOffset + 16);
        lines.add("frame " + version);
    }

    @Override
    public void onRegion(int action, int count) {
        lines.add("region " + action + " x" + count);
    }

    @Override
    public void onSkipped(int action, int count) {
        lines.add("skipped " + action + " x" + count);
    }

    @Override
    public void onState(MessageKind kind, StateDecoder state) {
        StateRecord record = StateRecords.blank();
        Reject reject = state.decode(record, names, nowMs);
        if (reject == null) {
            states.add(record);
        }
        message(kind + " " + state.dialect() + " " + pair(state.id(), state.creatorId()), reject);
    }

    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        StateRecord record = StateRecords.blank();
        update.src(record.src());
        update.dst(record.dst());
        String line =
                String.format(
                        "UPD_C %s timeout=%d src=%d/%d+%d dst=%d/%d+%d",
                        pair(update.id(), update.creatorId()),
                        update.timeout(),
                        record.src().state(),
                        record.src().seqlo(),
                        record.src().seqhi() - record.src().seqlo(),
                        record.dst().state(),
                        record.dst().seqlo(),
                        record.dst().seqhi() - record.dst().seqlo());
        message(line, update.check(20));
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        lines.add(kind + " " + pair(id.id(), id.creatorId()));
    }

    @Override
    public void onClear(ClearDecoder clear) {
        int ifname = clear.ifname(names);
        String name = ifname < 0 ? "unusable" : "'" + names.name(ifname) + "'";
        lines.add(String.format("CLR %08x %s", clear.creatorId(), name));
    }

    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        lines.add(
                String.format(
                        "BUS #%d %08x endtime=%d status=%d%s",
                        index,
                        status.creatorId(),
                        status.endTimeS(),
                        status.status(),
                        status.isUnproven() ? " unproven" : ""));
    }

    @Override
    public void onTdb(TdbDecoder tdb) {
        byte[] address = new byte[tdb.af() == 4 ? 4 : 16];
        tdb.address(address);
        lines.add(
                String.format(
                        "TDB spi=%08x af=%d addr=%s rpl=%d bytes=%d proto=%d",
                        tdb.spi(),
                        tdb.af(),
                        java.util.HexFormat.of().formatHex(address),
                        tdb.replay(),
                        tdb.currentBytes(),
                        tdb.protocol()));
    }

    @Override
    public void onReject(Reject reject, int detail) {
        message("reject " + detail, reject);
    }

    private void message(String line, Reject reject) {
        if (reject != null) {
            rejects.add(reject);
        }
        lines.add(reject == null ? line : line + " " + reject);
    }

    private static String pair(long id, int creatorId) {
        return String.format("%016x/%08x", id, creatorId);
    }
}
