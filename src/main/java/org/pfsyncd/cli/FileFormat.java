package org.pfsyncd.cli;

import org.pfsyncd.wire.Dialect;

/** How a file holds states: spec pfsync.md section 17, and {@code src/docs/state-files.md}. */
enum FileFormat {
    /** {@code pfctl -S} of OpenBSD: 264 bytes a state. */
    RAW264(Dialect.V6),
    /** {@code pfctl -S} of FreeBSD 9 to 13: 242 bytes a state. */
    RAW242(Dialect.V1301),
    /** Ours: one JSON object a line, with everything. */
    NDJSON(null);

    private final Dialect dialect;

    FileFormat(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Of the records; null for NDJSON. */
    Dialect dialect() {
        return dialect;
    }
}
