package org.pfsyncd.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.Representable;
import org.pfsyncd.wire.StateEncoder;
import org.pfsyncd.wire.StateRecord;

/**
 * Writes states as {@code pfctl -S} does (spec pfsync.md section 17), and leaves out, counted by
 * reason, what a firewall must not be given. Owned by the writing thread.
 */
final class RawWriter {
    private static final int IFNAME_LIMIT = 15;
    private static final long MS_PER_S = 1_000;

    private final Dialect dialect;
    private final boolean withUnconfirmed;
    private final OutputStream out;
    private final StateEncoder encoder = new StateEncoder();
    private final byte[] bytes;
    private final UnsafeBuffer buffer;
    private final Map<String, Long> leftOut = new TreeMap<>();
    private long written;

    RawWriter(Dialect dialect, boolean withUnconfirmed, OutputStream out) {
        this.dialect = dialect;
        this.withUnconfirmed = withUnconfirmed;
        this.out = out;
        bytes = new byte[dialect.stateLength()];
        buffer = new UnsafeBuffer(bytes);
    }

    void write(StateRecord record, NameTable names, long savedMs) throws IOException {
        String objection = objection(record, names, savedMs);
        if (objection != null) {
            leftOut.merge(objection, 1L, Long::sum);
            return;
        }
        encoder.encode(record, names, savedMs, dialect, buffer, 0);
        out.write(bytes);
        written++;
    }

    private String objection(StateRecord record, NameTable names, long savedMs) {
        if (!withUnconfirmed && !record.isConfirmed()) {
            return "unconfirmed";
        }
        // 0 seconds left would be read as a complete life.
        if (record.expiresAtMs() - savedMs < MS_PER_S) {
            return "ended";
        }
        boolean isNamed = names.bytes(record.ifname()).length <= IFNAME_LIMIT;
        return Representable.isIn(record, dialect) && isNamed ? null : "not-in-this-format";
    }

    long written() {
        return written;
    }

    /** States left out, by reason. */
    Map<String, Long> leftOut() {
        return leftOut;
    }
}
