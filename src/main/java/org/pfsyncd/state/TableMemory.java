package org.pfsyncd.state;

/**
 * Hears of the large ranges that a table reserves outside the heap, so that someone who may make
 * native calls can back them with huge pages before states come. Called by the thread that builds
 * and closes the table.
 */
public interface TableMemory {
    /** Nobody listens: pages come as they are touched. */
    TableMemory AS_TOUCHED =
            new TableMemory() {
                @Override
                public void onReserved(long address, long length) {}

                @Override
                public void onRelease(long address) {}
            };

    /** A range was reserved, bytes; states will lie all over it. */
    void onReserved(long address, long length);

    /** The range is about to be freed; after the return nobody else may touch it. */
    void onRelease(long address);
}
