package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pfsyncd.os.LibcMemory;
import org.pfsyncd.state.TableMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backs the table with huge pages, from its start to its end, while the table is already in use: a
 * state then costs no page fault and a look-up one miss in the page tables instead of several
 * ({@code src/docs/decisions/0003-table-memory.md}).
 *
 * <p>One short-lived thread a range waits in the kernel, a huge page at a time. Called by the
 * thread that builds and closes the table. Where the machine is short of memory nothing is done and
 * the log says so.
 */
public final class HugePages implements TableMemory {
    private static final Logger LOGGER = LoggerFactory.getLogger(HugePages.class);
    private static final Path MEMORY_OF_MACHINE = Path.of("/proc/meminfo");
    private static final long SMALLEST_LENGTH = 4 * LibcMemory.HUGE_PAGE_LENGTH;

    /** Times a huge page is asked for again. */
    private static final int TRIES = 3;

    /** Refusals one after the other behind which no more huge pages are asked for. */
    private static final int REFUSED_LIMIT = 16;

    /** What the kernel does with a huge page's worth of memory; results as in LibcMemory. */
    interface Kernel {
        int collapse(long address);

        int populate(long address);
    }

    private final Map<Long, Range> ranges = new HashMap<>();
    private final Kernel kernel;

    public HugePages() {
        this(new Machine());
    }

    HugePages(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public void onReserved(long address, long length) {
        if (length < SMALLEST_LENGTH) {
            return;
        }
        long availableBytes = availableBytes();
        if (length > availableBytes / 2) {
            LOGGER.warn(
                    "table memory bytes={} available_bytes={} action=pages-as-touched"
                            + " remedy=lower-node.capacity",
                    length,
                    availableBytes);
            return;
        }
        Range range = new Range(kernel, address, length);
        LibcMemory.preferHugePages(range.address, range.end - range.address);
        range.start();
        ranges.put(address, range);
    }

    @Override
    public void onRelease(long address) {
        Range range = ranges.remove(address);
        if (range != null) {
            range.cancel();
        }
    }

    /** Waits until all pages are there, for those who measure; not needed before use. */
    public void await() {
        ranges.values().forEach(Range::await);
    }

    private static long availableBytes() {
        try {
            for (String line : Files.readAllLines(MEMORY_OF_MACHINE)) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            LOGGER.warn("table memory file={} error=\"{}\"", MEMORY_OF_MACHINE, e.getMessage());
        }
        return 0;
    }

    private static final class Machine implements Kernel {
        @Override
        public int collapse(long address) {
            return LibcMemory.collapse(address, LibcMemory.HUGE_PAGE_LENGTH);
        }

        @Override
        public int populate(long address) {
            return LibcMemory.populateWrite(address, LibcMemory.HUGE_PAGE_LENGTH);
        }
    }

    /** The whole huge pages within a range, and the thread that backs them. */
    private static final class Range extends Thread {
        private final Kernel kernel;
        private final long address;
        private final long end;
        private volatile boolean isCancelled;

        Range(Kernel kernel, long address, long length) {
            super("table-memory");
            setDaemon(true);
            this.kernel = kernel;
            long mask = LibcMemory.HUGE_PAGE_LENGTH - 1;
            this.address = (address + mask) & ~mask;
            end = (address + length) & ~mask;
        }

        @Override
        public void run() {
            long hugeBytes = 0;
            int refusedInARow = 0;
            int refusal = 0;
            for (long at = address; at < end && !isCancelled; at += LibcMemory.HUGE_PAGE_LENGTH) {
                int result = refusedInARow < REFUSED_LIMIT ? collapse(at) : refusal;
                if (result == 0) {
                    refusedInARow = 0;
                    hugeBytes += LibcMemory.HUGE_PAGE_LENGTH;
                } else {
                    refusedInARow++;
                    refusal = result;
                    kernel.populate(at);
                }
            }
            if (hugeBytes < end - address && !isCancelled) {
                LOGGER.info(
                        "table memory bytes={} huge_bytes={} errno={}"
                                + " action=small-pages-for-the-rest",
                        end - address,
                        hugeBytes,
                        -refusal);
            }
        }

        /**
         * Collapses what has been touched. Where nothing has, that is refused, and populating gives
         * a huge page; where the table's thread is just at a page, it is refused for a moment.
         */
        private int collapse(long at) {
            int result = kernel.collapse(at);
            for (int i = 0; i < TRIES && result != 0; i++) {
                kernel.populate(at);
                result = kernel.collapse(at);
            }
            return result;
        }

        void cancel() {
            isCancelled = true;
            await();
        }

        void await() {
            boolean isInterrupted = false;
            while (isAlive()) {
                try {
                    join();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
