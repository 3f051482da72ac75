package org.pfsyncd.support;

import org.agrona.DirectBuffer;
import org.pfsyncd.net.FrameHandler;
import org.pfsyncd.net.Port;

/** A port that hands everything on to another one: the base of those that look or meddle. */
public abstract class ForwardingPort implements Port {
    private Port port;

    protected ForwardingPort(Port port) {
        this.port = port;
    }

    /** Goes on with another port, as after a restart. */
    protected final void forwardTo(Port other) {
        port = other;
    }

    @Override
    public int poll(FrameHandler handler, int frameLimit) {
        return port.poll(handler, frameLimit);
    }

    @Override
    public int send(DirectBuffer buffer, int offset, int length) {
        return port.send(buffer, offset, length);
    }

    @Override
    public int queue(DirectBuffer buffer, int offset, int length) {
        return port.queue(buffer, offset, length);
    }

    @Override
    public int flush() {
        return port.flush();
    }

    @Override
    public int flushInOrder() {
        return port.flushInOrder();
    }

    @Override
    public int overhead() {
        return port.overhead();
    }

    @Override
    public int interfaceIndex() {
        return port.interfaceIndex();
    }

    @Override
    public int mtu() {
        return port.mtu();
    }

    @Override
    public long drops() {
        return port.drops();
    }

    @Override
    public boolean checkInterface() {
        return port.checkInterface();
    }

    @Override
    public boolean isUp() {
        return port.isUp();
    }

    @Override
    public void close() {
        port.close();
    }
}
