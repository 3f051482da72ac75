package org.pfsyncd.net;

/**
 * A port cannot be opened; the message names the thing, the value and the remedy. Thrown while
 * opening only.
 */
public final class PortException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PortException(String message) {
        super(message);
    }

    public PortException(String message, Throwable cause) {
        super(message, cause);
    }
}
