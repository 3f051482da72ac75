package org.pfsyncd.text;

import java.io.Writer;

/** Lets a JSON generator write to a builder. Owned by the thread that owns the builder. */
final class BuilderWriter extends Writer {
    private final StringBuilder out;

    BuilderWriter(StringBuilder out) {
        this.out = out;
    }

    @Override
    public void write(char[] chars, int offset, int length) {
        out.append(chars, offset, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
