package org.pfsyncd.capture;

/**
 * The capture ends inside a record, as files of a capture still running do. {@link CaptureReader}
 * turns it into a note.
 */
final class CutException extends CaptureException {
    private static final long serialVersionUID = 1L;

    CutException(String message) {
        super(message);
    }
}
