package org.pfsyncd.metrics;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Latencies of one agent and the interval log they are written to ({@code latency.hlog},
 * HdrHistogram log format).
 *
 * <p>The agent records (nanoseconds, 1 ns to 1 minute, two digits), wait-free and without
 * allocation; the janitor thread calls {@link #writeInterval}. Phaser of {@link
 * SingleWriterRecorder}: one writer, one reader.
 */
public final class LatencyLog implements AutoCloseable {
    private static final long HIGHEST_NS = 60_000_000_000L;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(HIGHEST_NS, 2);
    private final PrintStream stream;
    private final HistogramLogWriter writer;
    private Histogram interval;

    /**
     * @param path the log; replaced if it exists.
     * @param startMs start of the daemon, epoch milliseconds.
     * @throws IOException with a message for the operator.
     */
    public LatencyLog(Path path, long startMs) throws IOException {
        try {
            stream = new PrintStream(path.toFile(), StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            throw new IOException(
                    path + ": latency log cannot be written; check the run-dir (" + e + ")", e);
        }
        writer = new HistogramLogWriter(stream);
        writer.outputLogFormatVersion();
        writer.outputStartTime(startMs);
        writer.setBaseTime(startMs);
        writer.outputLegend();
    }

    /** By the owning agent. */
    public void record(long latencyNs) {
        recorder.recordValue(Math.min(Math.max(latencyNs, 1), HIGHEST_NS));
    }

    /** By the janitor: closes the interval that ends now and writes it if anything was recorded. */
    public void writeInterval(long nowMs) {
        interval = recorder.getIntervalHistogram(interval);
        interval.setEndTimeStamp(nowMs);
        write();
    }

    private void write() {
        if (interval.getTotalCount() > 0) {
            writer.outputIntervalHistogram(interval);
            stream.flush();
        }
    }

    /** Writes what was recorded since the last interval; when agent and janitor have ended. */
    @Override
    public void close() {
        interval = recorder.getIntervalHistogram(interval);
        write();
        stream.close();
    }
}
