package org.pfsyncd.text;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.BulkStatusDecoder;
import org.pfsyncd.wire.ClearDecoder;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.Reject;
import org.pfsyncd.wire.StateDecoder;
import org.pfsyncd.wire.StateRecord;
import org.pfsyncd.wire.TdbDecoder;
import org.pfsyncd.wire.TimeoutClass;
import org.pfsyncd.wire.UpdateCompressedDecoder;

/**
 * Prints frames for people, after tcpdump (spec pfsync.md section 16.5): a head, a line a region,
 * the messages below it, and what is refused with its reason.
 *
 * <p>Verbosity 1 adds sequences, ages and the rule-set fingerprint, 2 adds the ids of full states.
 * Owned by the thread that decodes.
 */
public final class MessageText implements MessagePrinter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final String REGION = "    ";
    private static final String MESSAGE = "        ";
    private static final String DETAIL = "           ";
    private static final int TTL = 255;
    private static final int FINGERPRINT_LENGTH = 16;

    private final StringBuilder out;
    private final StringBuilder body = new StringBuilder(4096);
    private final StringBuilder region = new StringBuilder(64);
    private final StringBuilder fingerprint = new StringBuilder(48);
    private final NameTable names;
    private final MessageFilter filter;
    private final int verbosity;
    private final StateText states;
    private final StateDetails details;
    private final StateRecord state =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final PeerRecord src =
            new PeerRecord().wrap(new UnsafeBuffer(new byte[StateRecord.PEER_LENGTH]), 0);
    private final PeerRecord dst =
            new PeerRecord().wrap(new UnsafeBuffer(new byte[StateRecord.PEER_LENGTH]), 0);
    private MessageHead head = new MessageHead();
    private Dialect dialect;

    public MessageText(StringBuilder out, NameTable names, MessageFilter filter, int verbosity) {
        this.out = out;
        this.names = names;
        this.filter = filter;
        this.verbosity = verbosity;
        states = new StateText(names);
        details = new StateDetails(names);
    }

    @Override
    public void begin(MessageHead head) {
        this.head = head;
        dialect = head.version() == 6 ? Dialect.V6 : null;
        body.setLength(0);
        region.setLength(0);
        fingerprint.setLength(0);
    }

    /** The head comes last because only the messages tell which FreeBSD dialect it is. */
    @Override
    public void end() {
        if (filter.isAll()) {
            flushRegion();
        } else if (body.isEmpty()) {
            return;
        }
        TIME.formatTo(Instant.ofEpochSecond(0, head.timestampNs()), out);
        if (head.from() != null) {
            out.append(' ').append(head.from()).append(" > ").append(head.to());
        }
        out.append(": PFSYNC");
        if (head.version() >= 0) {
            out.append('v').append(head.version());
        }
        if (dialect != null) {
            out.append(dialect == Dialect.V6 ? " (OpenBSD)" : " (FreeBSD " + dialect.label() + ")");
        }
        out.append(" len ").append(head.length());
        if (head.ttl() >= 0) {
            out.append(" ttl ").append(head.ttl());
            out.append(head.ttl() == TTL ? "" : " (not 255: receivers refuse it, badttl)");
        }
        out.append(fingerprint).append('\n').append(body);
    }

    @Override
    public void onFrame(int version, DirectBuffer buffer, int fingerprintOffset) {
        if (verbosity >= 1) {
            fingerprint.append(" pfcksum 0x");
            for (int i = 0; i < FINGERPRINT_LENGTH; i++) {
                TextFormat.appendHex(fingerprint, buffer.getByte(fingerprintOffset + i), 2);
            }
        }
    }

    @Override
    public void onRegion(int action, int count) {
        if (filter.isAll()) {
            flushRegion();
        }
        region.setLength(0);
        region.append(REGION).append(ActionNames.of(head.version(), action));
        region.append(" count ").append(count).append('\n');
    }

    @Override
    public void onSkipped(int action, int count) {
        if (!filter.isAll()) {
            return;
        }
        flushRegion();
        body.append(REGION)
                .append("skipped: action ")
                .append(action)
                .append(", count ")
                .append(count)
                .append(", which receivers step over\n");
    }

    @Override
    public void onState(MessageKind kind, StateDecoder decoder) {
        if (dialect == null) {
            dialect = decoder.dialect();
        }
        if (!filter.accepts(kind, decoder.creatorId())) {
            return;
        }
        long nowMs = Math.floorDiv(head.timestampNs(), 1_000_000L);
        Reject reject = decoder.decode(state, names, nowMs);
        flushRegion();
        body.append(MESSAGE);
        if (reject != null) {
            appendIdentity(decoder.id(), decoder.creatorId());
            appendRefusal(" refused: ", reject);
            return;
        }
        states.appendLine(body, state);
        body.append('\n');
        if (verbosity >= 1) {
            details.append(body, state, nowMs, DETAIL);
        }
        if (verbosity >= 2) {
            details.appendIdentity(body, state, DETAIL);
        }
    }

    /** The protocol is not in the message; its timeout class tells it. */
    @Override
    public void onUpdateCompressed(UpdateCompressedDecoder update) {
        if (!filter.accepts(MessageKind.UPD_C, update.creatorId())) {
            return;
        }
        update.src(src);
        update.dst(dst);
        int protocol = TimeoutClass.protocol(update.timeout());
        flushRegion();
        body.append(MESSAGE);
        appendIdentity(update.id(), update.creatorId());
        body.append(' ').append(TimeoutClass.name(update.timeout())).append(' ');
        PeerNames.append(body, protocol, true, src.state(), dst.state());
        body.append('\n');
        if (verbosity >= 1 && protocol == ProtocolNames.TCP) {
            body.append(DETAIL);
            StateDetails.appendSequences(body, src, dst);
            body.append('\n');
        }
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        if (!filter.accepts(kind, id.creatorId())) {
            return;
        }
        flushRegion();
        body.append(MESSAGE);
        appendIdentity(id.id(), id.creatorId());
        boolean isBulk = kind == MessageKind.UPD_REQ && id.id() == 0 && id.creatorId() == 0;
        body.append(isBulk ? " (the whole table)\n" : "\n");
    }

    @Override
    public void onClear(ClearDecoder clear) {
        if (!filter.accepts(MessageKind.CLR, clear.creatorId())) {
            return;
        }
        flushRegion();
        body.append(MESSAGE).append("creatorid: ");
        TextFormat.appendHex(body, clear.creatorId(), 8);
        int ifname = clear.ifname(names);
        if (ifname < 0) {
            appendRefusal(
                    " refused: ",
                    ifname == NameTable.FULL ? Reject.NAMES_FULL : Reject.BAD_VALUE_IFNAME);
            return;
        }
        if (ifname > 0) {
            body.append(" interface: ").append(names.name(ifname));
        }
        body.append('\n');
    }

    @Override
    public void onBulkStatus(BulkStatusDecoder status, int index) {
        if (!filter.accepts(MessageKind.BUS, status.creatorId())) {
            return;
        }
        flushRegion();
        body.append(MESSAGE).append("creatorid: ");
        TextFormat.appendHex(body, status.creatorId(), 8);
        body.append(" age: ");
        TextFormat.appendDuration(body, status.endTimeS());
        body.append(" status: ").append(statusName(status.status())).append('\n');
    }

    @Override
    public void onTdb(TdbDecoder tdb) {
        if (!filter.accepts(MessageKind.TDB)) {
            return;
        }
        flushRegion();
        body.append(MESSAGE).append("spi: 0x");
        TextFormat.appendHex(body, tdb.spi(), 8);
        body.append(" dst: ").append(destination(tdb)).append(" rpl: ");
        TextFormat.appendUnsigned(body, tdb.replay());
        body.append(" cur_bytes: ");
        TextFormat.appendUnsigned(body, tdb.currentBytes());
        body.append(' ');
        ProtocolNames.append(body, tdb.protocol());
        body.append('\n');
    }

    @Override
    public void onReject(Reject reject, int detail) {
        if (filter.isAll()) {
            flushRegion();
            body.append(REGION);
            appendRefusal("refused: ", reject);
        }
    }

    @Override
    public void refuse(String error, String detail) {
        if (filter.isAll()) {
            body.append(REGION).append(error).append(": ").append(detail).append('\n');
        }
    }

    static String statusName(int status) {
        return switch (status) {
            case BulkStatusDecoder.START -> "start";
            case BulkStatusDecoder.END -> "end";
            default -> "unknown " + status;
        };
    }

    /** The destination of an association; empty for a family that no BSD has. */
    static String destination(TdbDecoder tdb) {
        if (tdb.af() == 0) {
            return "";
        }
        byte[] address = new byte[tdb.af() == 4 ? 4 : 16];
        tdb.address(address);
        StringBuilder text = new StringBuilder(48);
        AddressText.append(text, tdb.af(), new UnsafeBuffer(address), 0);
        return text.toString();
    }

    private void flushRegion() {
        body.append(region);
        region.setLength(0);
    }

    private void appendIdentity(long id, int creatorId) {
        body.append("id: ");
        TextFormat.appendHex(body, id, 16);
        body.append(" creatorid: ");
        TextFormat.appendHex(body, creatorId, 8);
    }

    private void appendRefusal(String intro, Reject reject) {
        body.append(intro)
                .append(reject.family())
                .append(", ")
                .append(reject.meaning())
                .append('\n');
    }
}
