package org.pfsyncd.capture;

import java.io.IOException;

/**
 * A capture that cannot be read any further. The message names the file, the offset of the bad
 * number, the number and its limit.
 */
public class CaptureException extends IOException {
    private static final long serialVersionUID = 1L;

    CaptureException(String message) {
        super(message);
    }

    CaptureException(String message, IOException cause) {
        super(message, cause);
    }
}
