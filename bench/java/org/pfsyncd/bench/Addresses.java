package org.pfsyncd.bench;

/** Loopback addresses of a benchmark's ends. */
final class Addresses {
    static final String NODE = "127.0.0.11";
    static final String NODE_PEER = "127.0.0.12";
    static final String FLOOR = "127.0.0.13";
    static final String FLOOR_PEER = "127.0.0.14";

    private Addresses() {}
}
