package org.pfsyncd.text;

import org.pfsyncd.wire.FrameVisitor;

/**
 * Prints the messages of frames: {@link MessageText} for people, {@link MessageJson} for scripts.
 * For each packet {@link #begin}, then the walk or {@link #refuse}, then {@link #end}, which leaves
 * whole lines in the builder given to the constructor.
 */
public interface MessagePrinter extends FrameVisitor {
    /** A packet starts; {@code head} is read until {@link #end}. */
    void begin(MessageHead head);

    /**
     * The packet cannot be walked.
     *
     * @param error one word: {@code truncated}, {@code fragment}, {@code malformed}.
     * @param detail a sentence.
     */
    void refuse(String error, String detail);

    /** The packet is complete. */
    void end();
}
