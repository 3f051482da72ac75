package org.pfsyncd.cli;

/** A verb failed for a reason the user can act on; the message is all that is printed. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** 1 failed, 2 usage. */
    int exitCode() {
        return exitCode;
    }
}
