package org.pfsyncd.link;

import org.agrona.DirectBuffer;
import org.pfsyncd.net.Lane;

/** A lane that sends at once whatever it is given; the test says what becomes of it. */
abstract class PlainLane implements Lane {
    @Override
    public final int queue(DirectBuffer buffer, int offset, int length) {
        return send(buffer, offset, length);
    }

    @Override
    public final int flush() {
        return 1;
    }

    @Override
    public final int frameLimit() {
        return 1_480;
    }
}
