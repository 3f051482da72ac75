package org.pfsyncd.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.FrameEncoder;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/**
 * Composes frames of generated TCP states, each with an id and a key of its own. Not thread-safe;
 * the frame lies in {@link #buffer()} until the next is composed.
 */
final class Inserts {
    /** Who made all states. */
    static final int CREATOR = 0xbe4cbe4c;

    private static final int TCP = 6;
    private static final int TCP_ESTABLISHED = 2;
    private static final int PEER_ESTABLISHED = 4;
    private static final int FIRST_CLIENT = 0x0A00_0000;
    private static final int SERVER = 0x0A02_000A;
    private static final int PORT_BITS = 14;
    private static final int PORT_MASK = (1 << PORT_BITS) - 1;
    private static final long FIRST_SEQUENCE = 1_000;
    private static final int WINDOW = 500;
    private static final long LIFE_MS = 86_400_000L;

    private final Dialect dialect;
    private final int mtu;
    private final UnsafeBuffer frame;
    private final NameTable names = new NameTable();
    private final StateRecord state =
            new StateRecord().wrap(new UnsafeBuffer(new byte[StateRecord.LENGTH]), 0);
    private final UnsafeBuffer address = new UnsafeBuffer(new byte[16]);
    private final FrameEncoder encoder = new FrameEncoder();

    Inserts(Dialect dialect, int mtu) {
        this.dialect = dialect;
        this.mtu = mtu;
        frame = new UnsafeBuffer(ByteBuffer.allocateDirect(mtu));
    }

    UnsafeBuffer buffer() {
        return frame;
    }

    /**
     * Composes a frame and returns its length.
     *
     * @param kind INS, UPD, UPD_C, DEL_C and so on: all of the same states.
     * @param firstId id of the first state; the others follow.
     * @param count states; as many as fit if fewer.
     * @param flags of each state.
     */
    int compose(MessageKind kind, long firstId, int count, int flags) {
        return compose(kind, firstId, count, flags, 0);
    }

    /**
     * The same of states that have lived on.
     *
     * @param age how often each has been updated: sequence numbers move with it.
     */
    int compose(MessageKind kind, long firstId, int count, int flags, int age) {
        encoder.begin(frame, 0, dialect, mtu);
        for (int i = 0; i < count; i++) {
            fill(firstId + i, flags, age);
            add(kind);
        }
        return encoder.finish();
    }

    /** How many states of a kind fit into a frame. */
    int statesAFrame(MessageKind kind) {
        encoder.begin(frame, 0, dialect, mtu);
        fill(1, 0, 0);
        int count = 0;
        while (add(kind)) {
            count++;
        }
        return count;
    }

    private boolean add(MessageKind kind) {
        return switch (kind) {
            case UPD_C -> encoder.addUpdateCompressed(state);
            case DEL_C -> encoder.addDeleteCompressed(state.id(), state.creatorId());
            default -> encoder.addState(kind, state, names, 0);
        };
    }

    private void fill(long id, int flags, int age) {
        state.clear()
                .id(id)
                .creatorId(CREATOR)
                .dialect(dialect.ordinal())
                .ifname(names.intern("all"));
        state.wireAf(4)
                .stackAf(4)
                .wireProto(TCP)
                .stackProto(TCP)
                .direction(1)
                .timeout(TCP_ESTABLISHED)
                .stateFlags(flags);
        long sequence = FIRST_SEQUENCE + (long) age * WINDOW;
        state.expiresAtMs(LIFE_MS).src().state(PEER_ESTABLISHED).seqlo(sequence);
        state.src().seqhi(sequence + WINDOW).maxWin(WINDOW);
        state.dst().state(PEER_ESTABLISHED).seqlo(sequence).seqhi(sequence + WINDOW);
        state.dst().maxWin(WINDOW);
        address.putLong(0, 0);
        address.putInt(0, (int) (FIRST_CLIENT + (id >>> PORT_BITS)), ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR0_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR0_OFFSET, address, 0);
        address.putInt(0, SERVER, ByteOrder.BIG_ENDIAN);
        state.address(StateRecord.WIRE_ADDR1_OFFSET, address, 0)
                .address(StateRecord.STACK_ADDR1_OFFSET, address, 0);
        int port = 1024 + (int) (id & PORT_MASK);
        state.wirePort0(port).stackPort0(port).wirePort1(443).stackPort1(443);
    }
}
