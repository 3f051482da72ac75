package org.pfsyncd.pfhost;

import java.net.InetAddress;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.StateRecord;

/**
 * The addresses of one connection that is routed through hosts: a client that opens it and a
 * server. A host makes two states of it, "in" on the client's side and "out" on the server's.
 */
public final class Flow {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;

    final int proto;
    final int af;
    final UnsafeBuffer client;
    final UnsafeBuffer server;
    final int clientPort;
    final int serverPort;
    UnsafeBuffer translated;
    int translatedPort;
    UnsafeBuffer visited;
    int visitedPort;

    private Flow(int proto, String client, int clientPort, String server, int serverPort) {
        this.proto = proto;
        this.client = address(client);
        this.server = address(server);
        this.clientPort = clientPort;
        this.serverPort = serverPort;
        af = client.indexOf(':') < 0 ? 4 : 6;
        translated = this.client;
        translatedPort = clientPort;
        visited = this.server;
        visitedPort = serverPort;
    }

    public static Flow tcp(String client, int clientPort, String server, int serverPort) {
        return new Flow(TCP, client, clientPort, server, serverPort);
    }

    public static Flow udp(String client, int clientPort, String server, int serverPort) {
        return new Flow(UDP, client, clientPort, server, serverPort);
    }

    /** Echo requests; the identifier stands in both ports (25.12). */
    public static Flow echo(String client, String server, int identifier) {
        return new Flow(ICMP, client, identifier, server, identifier);
    }

    public static Flow other(int proto, String client, String server) {
        return new Flow(proto, client, 0, server, 0);
    }

    /** Behind this address and port on the server's side. */
    public Flow nat(String address, int port) {
        translated = address(address);
        translatedPort = port;
        return this;
    }

    /** The client speaks to this address and port, and is redirected. */
    public Flow rdr(String address, int port) {
        visited = address(address);
        visitedPort = port;
        return this;
    }

    private static UnsafeBuffer address(String text) {
        return new UnsafeBuffer(Arrays.copyOf(InetAddress.ofLiteral(text).getAddress(), 16));
    }

    /** Keys, family and protocol of the state on one side; direction 1 in, 2 out. */
    void fill(StateRecord record, int direction) {
        record.direction(direction).wireAf(af).stackAf(af).wireProto(proto).stackProto(proto);
        if (direction == 1) {
            record.address(StateRecord.WIRE_ADDR0_OFFSET, client, 0)
                    .address(StateRecord.WIRE_ADDR1_OFFSET, visited, 0)
                    .address(StateRecord.STACK_ADDR0_OFFSET, client, 0)
                    .address(StateRecord.STACK_ADDR1_OFFSET, server, 0)
                    .wirePort0(clientPort)
                    .wirePort1(visitedPort)
                    .stackPort0(clientPort)
                    .stackPort1(serverPort);
        } else {
            record.address(StateRecord.WIRE_ADDR0_OFFSET, server, 0)
                    .address(StateRecord.WIRE_ADDR1_OFFSET, translated, 0)
                    .address(StateRecord.STACK_ADDR0_OFFSET, server, 0)
                    .address(StateRecord.STACK_ADDR1_OFFSET, client, 0)
                    .wirePort0(serverPort)
                    .wirePort1(translatedPort)
                    .stackPort0(serverPort)
                    .stackPort1(clientPort);
        }
    }
}
