package org.pfsyncd.journal;

import java.util.ArrayList;
import java.util.List;

/** A tail and what it passed over and delivered, as "incarnation/sequence". */
final class TailLog implements AutoCloseable {
    /** A call passes over a bounded number of documents that are there twice. */
    private static final int IDLE_LIMIT = 50;

    final List<String> passed = new ArrayList<>();
    final List<String> delivered = new ArrayList<>();
    final JournalTail tail;

    TailLog(JournalFixture journal) {
        tail = new JournalTail(journal.journal.store(), this::onPassed);
    }

    private void onPassed(Document document) {
        passed.add(position(document));
    }

    static String position(Document document) {
        return document.incarnation() + "/" + document.sequence();
    }

    /** Everything from one document to another of an incarnation. */
    static List<String> range(long incarnation, long from, long to) {
        List<String> all = new ArrayList<>();
        for (long sequence = from; sequence <= to; sequence++) {
            all.add(incarnation + "/" + sequence);
        }
        return all;
    }

    @SafeVarargs
    static List<String> join(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    TailLog seek(long incarnation, long sequence) {
        passed.clear();
        delivered.clear();
        tail.seek(incarnation, sequence);
        return this;
    }

    TailLog seekSnapshot() {
        passed.clear();
        delivered.clear();
        tail.seekSnapshot();
        return this;
    }

    /** Works and reads until nothing moves any more; returns the phase it ends in. */
    JournalTail.Phase run() {
        int idle = 0;
        while (idle < IDLE_LIMIT) {
            boolean didWork = tail.work(7) > 0;
            while (tail.next()) {
                delivered.add(position(tail.document()));
                didWork = true;
            }
            idle = didWork ? 0 : idle + 1;
        }
        return tail.phase();
    }

    @Override
    public void close() {
        tail.close();
    }
}
