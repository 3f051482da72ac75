package org.pfsyncd.metrics;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
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
    private final Histogram total = new Histogram(HIGHEST_NS, 2);
    private final PrintStream stream;
    private final HistogramLogWriter writer;
    private Histogram interval;

    /**
     * @param path the log; replaced if it exists.
     * @param startMs start of the daemon, epoch milliseconds.
     */
    public LatencyLog(Path path, long startMs) {
        try {
            stream = new PrintStream(path.toFile(), StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            throw new UncheckedIOException(
                    path + ": latency log cannot be written; check the run-dir", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
    public synchronized void writeInterval(long nowMs) {
        interval = recorder.getIntervalHistogram(interval);
        if (interval.getTotalCount() == 0) {
            return;
        }
        interval.setEndTimeStamp(nowMs);
        writer.outputIntervalHistogram(interval);
        stream.flush();
        total.add(interval);
    }

    /** A copy of everything written so far. */
    public synchronized Histogram total() {
        return total.copy();
    }

    @Override
    public void close() {
        stream.close();
    }
}
