package org.pfsyncd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;
import org.pfsyncd.net.Port;
import org.pfsyncd.net.PortConfig;
import org.pfsyncd.net.SocketPort;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.FrameVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.IdDecoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * The firewall of the demo: sends what a FreeBSD kernel sent when it was recorded, answers the
 * request for the whole table, and measures how long an acknowledgement takes. Owned by the demo's
 * thread.
 */
final class DemoFirewall implements AutoCloseable, FrameVisitor {
    static final String ADDRESS = "127.0.0.2";
    static final String NODE_ADDRESS = "127.0.0.1";

    private static final int UDP_PORT = 2400;
    private static final int CREATOR_ID = 0xc9c9c9c9;
    private static final int FLAG_ACK = 0x10;
    private static final long ANSWER_LIMIT_NS = 2_000_000_000L;
    private static final long HIGHEST_NS = 10_000_000_000L;

    private final Port port;
    private final FrameWalker walker = new FrameWalker();
    private final UnsafeBuffer frame = new UnsafeBuffer(ByteBuffer.allocateDirect(65_536));
    private boolean wasAskedForAll;
    private long acknowledgedId;

    DemoFirewall(boolean isRaw) {
        this(
                new PortConfig(
                        isRaw ? PortConfig.PFSYNC : 0,
                        "lo",
                        NODE_ADDRESS,
                        ADDRESS,
                        isRaw ? 0 : UDP_PORT,
                        1 << 22));
    }

    DemoFirewall(PortConfig config) {
        port = SocketPort.open(config);
    }

    /** Plays a recording, as fast as the node can be expected to read it. Returns packets sent. */
    int play(String name) throws IOException {
        int sent = 0;
        try (InputStream resource =
                        DemoFirewall.class.getResourceAsStream("/demo/" + name + ".pcap.gz");
                CaptureReader reader = CaptureReader.open(resource, name)) {
            CapturedPacket packet;
            while ((packet = reader.next()) != null) {
                if (packet.kind() == PacketKind.COMPLETE
                        && packet.protocol() == PortConfig.PFSYNC) {
                    int length = packet.payload().capacity();
                    frame.putBytes(0, packet.payload(), 0, length);
                    port.send(frame, 0, length);
                    sent++;
                }
            }
        }
        return sent;
    }

    /** Waits until the node asks for the whole table. */
    boolean awaitBulkRequest() {
        long deadlineNs = SystemClocks.nowNs() + 3 * ANSWER_LIMIT_NS;
        while (!wasAskedForAll && SystemClocks.nowNs() - deadlineNs < 0) {
            listen();
        }
        return wasAskedForAll;
    }

    /** Inserts states one at a time, each asking for an acknowledgement, and times the answers. */
    Histogram measure(int count) {
        return measure(count, () -> {});
    }

    /** As {@link #measure(int)}, stepping a node on this thread while waiting. */
    Histogram measure(int count, Runnable step) {
        Histogram latencies = new Histogram(HIGHEST_NS, 3);
        NameTable names = new NameTable();
        StateRecord state =
                new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
        FrameEncoder encoder = new FrameEncoder();
        for (int i = 1; i <= count; i++) {
            long id = 0x7700_0000_0000_0000L + i;
            fill(state, names, id, i);
            encoder.begin(frame, 0, Dialect.V1301, 1500).addState(MessageKind.INS, state, names, 0);
            int length = encoder.finish();
            long sentNs = SystemClocks.nowNs();
            port.send(frame, 0, length);
            long deadlineNs = sentNs + ANSWER_LIMIT_NS;
            while (acknowledgedId != id && SystemClocks.nowNs() - deadlineNs < 0) {
                step.run();
                listen();
            }
            if (acknowledgedId == id) {
                latencies.recordValue(SystemClocks.nowNs() - sentNs);
            }
        }
        return latencies;
    }

    /** A TCP state that asks for an acknowledgement. */
    static void fill(StateRecord state, NameTable names, long id, int number) {
        state.clear()
                .id(id)
                .creatorId(CREATOR_ID)
                .dialect(Dialect.V1301.ordinal())
                .ifname(names.intern("all"));
        state.wireAf(4)
                .stackAf(4)
                .wireProto(6)
                .stackProto(6)
                .direction(1)
                .timeout(2)
                .expiresAtMs(86_400_000L);
        state.stateFlags(FLAG_ACK).src().state(4);
        state.dst().state(4);
        UnsafeBuffer address = new UnsafeBuffer(new byte[16]);
        address.putInt(0, 0x0A01_0000 + (number & 0xFFFF), java.nio.ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR0_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR0_OFFSET, address, 0);
        address.putInt(0, 0x0A02_000A, java.nio.ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR1_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR1_OFFSET, address, 0);
        int clientPort = 10_000 + (number & 0x7FFF);
        state.wirePort0(clientPort).stackPort0(clientPort).wirePort1(443).stackPort1(443);
    }

    private void listen() {
        port.poll(
                (buffer, offset, length, info) ->
                        walker.walk(buffer, offset, length, FrameWalker.ACCEPT_V5, this),
                16);
    }

    @Override
    public void onId(MessageKind kind, IdDecoder id) {
        if (kind == MessageKind.INS_ACK) {
            acknowledgedId = id.id();
        } else if (kind == MessageKind.UPD_REQ && id.id() == 0 && id.creatorId() == 0) {
            wasAskedForAll = true;
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
