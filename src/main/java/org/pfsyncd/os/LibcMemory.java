package org.pfsyncd.os;

/**
 * madvise(2). Any thread may call; the kernel works while the caller waits in a native call, not in
 * a Java page fault, so no safepoint is held up. Once compiled, no call allocates. Results: 0 or
 * {@code -errno}.
 */
public final class LibcMemory {
    /** Size of a huge page, bytes, on the machines we know. */
    public static final long HUGE_PAGE_LENGTH = 2L << 20;

    /** {@code asm-generic/mman-common.h}. */
    private static final int MADV_RANDOM = 1;

    private static final int MADV_HUGEPAGE = 14;

    /** Linux 5.14. */
    private static final int MADV_POPULATE_WRITE = 23;

    /** Linux 6.1. */
    private static final int MADV_COLLAPSE = 25;

    private static final Native MADVISE = Native.bind("madvise");

    private LibcMemory() {}

    /**
     * MADV_POPULATE_WRITE: faults the pages of a mapped range in, writable. A range that was
     * unmapped meanwhile gives -12 (ENOMEM), a full disk -14 (EFAULT).
     */
    public static int populateWrite(long address, long length) {
        return advise(address, length, MADV_POPULATE_WRITE);
    }

    /** MADV_RANDOM: a fault in the mapped range takes in its own page and no more. */
    public static int readNothingAhead(long address, long length) {
        return advise(address, length, MADV_RANDOM);
    }

    /** MADV_HUGEPAGE: later faults in the range may take huge pages. The start is a page's. */
    public static int preferHugePages(long address, long length) {
        return advise(address, length, MADV_HUGEPAGE);
    }

    /**
     * MADV_COLLAPSE: puts the range, contents and all, on huge pages now. -22 (EINVAL) where the
     * kernel does not know it, the memory is not anonymous or nobody has touched it, -11 (EAGAIN)
     * or -12 (ENOMEM) where no huge page can be had.
     */
    public static int collapse(long address, long length) {
        return advise(address, length, MADV_COLLAPSE);
    }

    private static int advise(long address, long length, int advice) {
        return MADVISE.call(Native.threadState(), address, length, advice);
    }
}
