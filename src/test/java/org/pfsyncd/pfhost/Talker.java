package org.pfsyncd.pfhost;

/** The two ends of one TCP connection, whose packets all pass one host, one after the other. */
final class Talker {
    private final PfHost host;
    private final Flow flow;
    private long client = 1_000_000;
    private long server = 9_000_000;

    Talker(PfHost host, Flow flow) {
        this.host = host;
        this.flow = flow;
    }

    private void client(int flags, int length) {
        Segment segment = new Segment(true, flags, client, server, length);
        host.packet(flow, segment);
        client = segment.end();
    }

    private void server(int flags, int length) {
        Segment segment = new Segment(false, flags, server, client, length);
        host.packet(flow, segment);
        server = segment.end();
    }

    void open() {
        client(Segment.SYN, 0);
        server(Segment.SYN | Segment.ACK, 0);
        client(Segment.ACK, 0);
    }

    void exchange(int length) {
        client(Segment.ACK, length);
        server(Segment.ACK, length);
        client(Segment.ACK, 0);
    }

    void close() {
        client(Segment.ACK | Segment.FIN, 0);
        server(Segment.ACK | Segment.FIN, 0);
        client(Segment.ACK, 0);
    }
}
