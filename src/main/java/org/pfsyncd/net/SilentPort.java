package org.pfsyncd.net;

import org.agrona.DirectBuffer;

/**
 * A port to nowhere: nothing is heard, and what is sent is taken and forgotten. Also the base of
 * ports that differ in one of the two. Stateless.
 */
public class SilentPort implements Port {
    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        return 0;
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        return length;
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        return length;
    }

    @Override
    public int flush() {
        return 0;
    }

    @Override
    public int interfaceIndex() {
        return 1;
    }

    @Override
    public int mtu() {
        return 1500;
    }

    @Override
    public long drops() {
        return 0;
    }

    @Override
    public boolean checkInterface() {
        return false;
    }

    @Override
    public boolean isUp() {
        return true;
    }

    @Override
    public void close() {}
}
