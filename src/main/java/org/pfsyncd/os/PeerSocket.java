package org.pfsyncd.os;

import static org.pfsyncd.os.SocketOptions.first;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * A raw socket of one protocol or a UDP socket that hears anyone and sends wherever it is told: TTL
 * 255, DF, no multicast.
 *
 * <p>Owned by one thread, which opens, reads and closes it; {@link SegmentBatch}es send on it from
 * others.
 *
 * <ol>
 *   <li>Assumption: {@link #close} is called when no other thread sends any more.
 *   <li>Guarantee: until then the number of the descriptor is ours. It is taken once; opening puts
 *       a socket onto it and shutting a placeholder, each by dup3(2), which leaves no instant in
 *       which another thread of the process could be given the number. A system call under way
 *       keeps to the socket it began with.
 *   <li>Guarantee: nothing can be sent by way of the placeholder, an unconnected Unix socket:
 *       {@code EOPNOTSUPP}.
 *   <li>The owner writes {@code isUp} last with release; senders read it first with acquire.
 * </ol>
 */
public final class PeerSocket implements AutoCloseable {
    private static final int DEFAULT_MTU = 1500;

    /** Room for a few lanes of 65,000 bytes each. */
    private static final int SEND_BUFFER_BYTES = 1 << 20;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = LibcSockets.callState(arena);
    private final SocketOptions options = new SocketOptions(arena, state);
    private final MemorySegment localMemory = arena.allocate(SocketAddress.IN6_LENGTH, 8);
    private final MemorySegment interfaceName;
    private final PeerSocketConfig config;
    private final int placeholder;
    private final int fd;
    private volatile int interfaceIndex;
    private volatile int mtu = DEFAULT_MTU;
    private volatile boolean isSegmenting;
    private volatile boolean isUp;
    private int grantedBufferBytes;

    /** Takes a descriptor for life; {@link #open} says if there was none. */
    public PeerSocket(PeerSocketConfig config) {
        this.config = config;
        interfaceName =
                config.interfaceName() == null
                        ? null
                        : arena.allocateFrom(config.interfaceName(), StandardCharsets.US_ASCII);
        placeholder = LibcSockets.socket(LibcSockets.AF_UNIX, LibcSockets.SOCK_STREAM, 0, state);
        fd = LibcSockets.socket(LibcSockets.AF_UNIX, LibcSockets.SOCK_STREAM, 0, state);
    }

    /** Opens the socket, or opens it anew: 0, or {@code -errno}, and then the socket is shut. */
    public int open() {
        shut();
        if (placeholder < 0 || fd < 0) {
            return Math.min(placeholder, fd);
        }
        int index = currentInterfaceIndex();
        if (index < 0) {
            return index;
        }
        int opened =
                LibcSockets.socket(
                        config.isV4() ? LibcSockets.AF_INET : LibcSockets.AF_INET6,
                        isRaw() ? LibcSockets.SOCK_RAW : LibcSockets.SOCK_DGRAM,
                        config.protocol(),
                        state);
        if (opened < 0) {
            return opened;
        }
        int result = configure(opened, index);
        result = first(result, result < 0 ? 0 : LibcSockets.dup(opened, fd, state));
        LibcSockets.close(opened, state);
        if (result == 0) {
            interfaceIndex = index;
            isUp = true;
        }
        return result;
    }

    private int configure(int opened, int index) {
        int result = interfaceName == null ? 0 : options.bindToDevice(opened, interfaceName);
        result = first(result, options.unicast(opened, config.isV4()));
        if (!config.isV4() && !isRaw()) { // a raw socket hears its own family only, and refuses
            int level = LibcSockets.SOL_IPV6;
            result = first(result, options.set(opened, level, LibcSockets.IPV6_V6ONLY, 1));
        }
        int granted = options.growReceiveBuffer(opened, config.receiveBufferBytes());
        grantedBufferBytes = Math.max(0, granted);
        options.growSendBuffer(opened, SEND_BUFFER_BYTES);
        offload(opened);
        result = first(first(result, granted), refreshMtu(opened));
        return result < 0 ? result : bind(opened, index);
    }

    /** Joined datagrams, and whether the kernel knows how to cut them; neither is needed. */
    private void offload(int opened) {
        boolean isWanted = config.isOffloading() && !isRaw();
        if (isWanted) {
            options.set(opened, LibcSockets.SOL_UDP, LibcSockets.UDP_GRO, 1);
        }
        isSegmenting =
                isWanted
                        && options.set(opened, LibcSockets.SOL_UDP, LibcSockets.UDP_SEGMENT, 0)
                                == 0;
    }

    private int bind(int opened, int index) {
        if (isRaw() && config.local() == null) {
            return 0;
        }
        InetAddress local = config.local();
        if (local == null) {
            local = InetAddress.ofLiteral(config.isV4() ? "0.0.0.0" : "::");
        }
        SocketAddress address = new SocketAddress(localMemory, local, config.port(), index);
        return LibcSockets.bind(opened, address.address(), address.length(), state);
    }

    /** Index of the interface it is bound to, now: 0 if to none, or {@code -errno}. */
    private int currentInterfaceIndex() {
        return interfaceName == null ? 0 : LibcSockets.interfaceIndex(interfaceName, state);
    }

    /** Whether the interface is still the one it was opened on; a system call. */
    public boolean isCurrent() {
        return isUp && currentInterfaceIndex() == interfaceIndex;
    }

    /** Reads the MTU anew: an administrator may change it under an open socket. */
    public int refreshMtu() {
        return refreshMtu(fd);
    }

    private int refreshMtu(int on) {
        int result = interfaceName == null ? DEFAULT_MTU : options.mtu(on, interfaceName);
        mtu = result < 0 ? mtu : result;
        return result;
    }

    /** Stops hearing and sending, and gives its port free; it may be opened again. */
    public void shut() {
        if (isUp) {
            isUp = false;
            interfaceIndex = 0;
            LibcSockets.dup(placeholder, fd, state);
        }
    }

    int fd() {
        return fd;
    }

    int port() {
        return config.port();
    }

    /** Whether the kernel cuts what a sender joined. Any thread. */
    boolean isSegmenting() {
        return isSegmenting;
    }

    /** Any thread. */
    public boolean isUp() {
        return isUp;
    }

    public boolean isRaw() {
        return config.protocol() != 0;
    }

    public boolean isV4() {
        return config.isV4();
    }

    /** Index of the interface it is bound to, 0 if shut or bound to none. Any thread. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    /** Of the interface, when last looked; 1,500 without one. Any thread. */
    public int mtu() {
        return mtu;
    }

    /** Receive buffer granted, bytes. */
    public int grantedBufferBytes() {
        return grantedBufferBytes;
    }

    /** Frames the kernel dropped before they were read. */
    public long drops() {
        return isUp ? options.drops(fd) : 0;
    }

    @Override
    public void close() {
        isUp = false;
        if (fd >= 0) {
            LibcSockets.close(fd, state);
        }
        if (placeholder >= 0) {
            LibcSockets.close(placeholder, state);
        }
        arena.close();
    }
}
