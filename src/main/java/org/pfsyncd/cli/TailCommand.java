package org.pfsyncd.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pfsyncd.journal.Document;
import org.pfsyncd.journal.JournalDirectory;
import org.pfsyncd.journal.JournalReader;
import org.pfsyncd.state.DeltaReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tail}: the journal as it grows. */
@Command(
        name = "tail",
        description =
                "Prints the journal, from its beginning or its end, and follows it as it grows.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  pfsyncd tail                       follow from now on",
            "  pfsyncd tail --all --no-follow     everything there is"
        })
public final class TailCommand implements Callable<Integer> {
    private static final long POLL_MS = 100;

    @Mixin private ConfigOption config;

    @Option(names = "--all", description = "From the oldest document instead of the end.")
    private boolean isAll;

    @Option(names = "--no-follow", description = "Stop at the end.")
    private boolean isOnce;

    private final DeltaReader deltas = new DeltaReader();

    @Override
    public Integer call() throws IOException {
        JournalDirectory journal = new JournalDirectory(config.directories().journal());
        CountDownLatch never = new CountDownLatch(1);
        try (JournalReader reader = new JournalReader(journal, null)) {
            reader.startAtOldest();
            boolean isPrinting = isAll;
            do {
                while (reader.next()) {
                    if (isPrinting) {
                        print(reader.document());
                    }
                }
                isPrinting = true;
                reader.refresh();
                if (System.out.checkError()) {
                    break;
                }
            } while (!isOnce && !never.await(POLL_MS, TimeUnit.MILLISECONDS));
            reader.losses().forEach(loss -> System.err.println(loss.describe()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private void print(Document document) throws IOException {
        System.out.printf(
                "%s %d/%d %s%s%n",
                Instant.ofEpochMilli(document.timeMs()),
                document.incarnation(),
                document.sequence(),
                kind(document.kind()),
                source(document));
        boolean hasDeltas = document.kind() == Document.KIND_BATCH;
        if (hasDeltas) {
            deltas.wrap(document.buffer(), document.payloadOffset(), document.payloadLength());
            while (deltas.next()) {
                System.out.println("    " + deltas);
            }
        } else if (document.deltaCount() > 0) {
            System.out.println("    " + document.deltaCount() + " states and names");
        }
    }

    private static String source(Document document) throws IOException {
        if (document.sourceKind() == Document.SOURCE_OPERATOR) {
            return " by the operator";
        }
        boolean isV4 = document.sourceKind() == Document.SOURCE_GROUP_V4;
        if (!isV4 && document.sourceKind() != Document.SOURCE_GROUP_V6) {
            return "";
        }
        byte[] address = new byte[isV4 ? 4 : 16];
        document.address(address);
        return " from " + InetAddress.getByAddress(address).getHostAddress();
    }

    private static String kind(int kind) {
        return switch (kind) {
            case Document.KIND_OPEN -> "open";
            case Document.KIND_BATCH -> "batch";
            case Document.KIND_SNAPSHOT_BEGIN -> "snapshot-begin";
            case Document.KIND_SNAPSHOT_SLICE -> "snapshot-slice";
            case Document.KIND_TOMBSTONES -> "tombstones";
            case Document.KIND_SNAPSHOT_END -> "snapshot-end";
            case Document.KIND_CLOSE -> "close";
            default -> "kind-" + kind;
        };
    }
}
