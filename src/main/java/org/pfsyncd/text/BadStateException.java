package org.pfsyncd.text;

/** A saved state cannot be read; the message names the field, its value and what it may be. */
public final class BadStateException extends Exception {
    private static final long serialVersionUID = 1L;

    BadStateException(String message) {
        super(message);
    }
}
