package org.pfsyncd.cli;

import org.pfsyncd.capture.CaptureException;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.text.MessageHead;
import org.pfsyncd.text.MessagePrinter;
import org.pfsyncd.wire.FrameWalker;

/** Hands the pfsync packets of a capture to a printer and counts the others. Single thread. */
final class CaptureDecoder {
    private static final int PFSYNC_PROTOCOL = 240;

    private final FrameWalker walker = new FrameWalker();
    private final MessageHead head = new MessageHead();
    private final MessagePrinter printer;
    private long pfsyncCount;
    private long otherCount;
    private long unreadableCount;

    CaptureDecoder(MessagePrinter printer) {
        this.printer = printer;
    }

    /** Takes one packet; false at the end of the capture. */
    boolean decodeNext(CaptureReader reader) throws CaptureException {
        CapturedPacket packet = reader.next();
        if (packet == null) {
            return false;
        }
        if (packet.protocol() == PFSYNC_PROTOCOL) {
            pfsyncCount++;
            print(packet);
        } else {
            otherCount++;
        }
        return true;
    }

    void resetCounts() {
        pfsyncCount = 0;
        otherCount = 0;
        unreadableCount = 0;
    }

    long pfsyncCount() {
        return pfsyncCount;
    }

    String summary() {
        return pfsyncCount
                + " pfsync packets ("
                + unreadableCount
                + " cut short or fragments), "
                + otherCount
                + " others";
    }

    private void print(CapturedPacket packet) {
        printer.begin(
                head.reset(packet.timestampNs())
                        .addresses(packet.source(), packet.destination(), packet.addressLength())
                        .ttl(packet.ttl())
                        .payload(packet.payload()));
        switch (packet.kind()) {
            case COMPLETE ->
                    walker.walk(
                            packet.payload(),
                            0,
                            packet.payload().capacity(),
                            FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6,
                            printer);
            case TRUNCATED ->
                    refuse(
                            "truncated",
                            packet.payload().capacity()
                                    + " of "
                                    + packet.sentLength()
                                    + " bytes were captured; capture whole packets (tcpdump -s 0)");
            case FRAGMENT ->
                    refuse("fragment", "a part of a fragmented packet; no pf host sends any");
            case MALFORMED, OTHER ->
                    refuse("malformed", "an IP header that contradicts itself or is cut short");
        }
        printer.end();
    }

    private void refuse(String error, String detail) {
        unreadableCount++;
        printer.refuse(error, detail);
    }
}
