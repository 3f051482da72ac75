package org.pfsyncd.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pfsyncd.net.PacketPort;

/**
 * Reads what the kernel counts for one interface before and after listening, in the network
 * namespace of the calling thread. Reads files only; a file that is missing counts nothing.
 */
public final class HostProbe implements AutoCloseable {
    private static final Path NET = Path.of("/proc/thread-self/net");
    private static final Path RECEIVE_BUFFER_MAX = Path.of("/proc/sys/net/core/rmem_max");
    private static final int PROBE_BUFFER_BYTES = 1 << 20;
    private static final int COLUMN_ERRORS = 2;
    private static final int COLUMN_DROPS = 3;
    private static final int COLUMN_FRAME = 5;

    private final String interfaceName;
    private final String destination;
    private final PacketPort.Accepted accepted;
    private final long[] interfaceBefore;
    private final Map<String, Long> socketsBefore;

    /**
     * Takes the counts at the beginning.
     *
     * @param sockets those to watch: {@link #sockets} before any probe opened its own.
     */
    public HostProbe(String interfaceName, String destination, Map<String, Long> sockets) {
        this.interfaceName = interfaceName;
        this.destination = destination;
        socketsBefore = Map.copyOf(sockets);
        interfaceBefore = interfaceCounts(lines("dev"), interfaceName);
        accepted = new PacketPort.Accepted(interfaceName, PROBE_BUFFER_BYTES);
    }

    /** Frames that each raw pfsync socket of this host has lost so far, by inode. */
    public static Map<String, Long> sockets() {
        return socketDrops(lines("raw"));
    }

    /** Reads what waits in the probe's own socket, so that its buffer does not fill. */
    public void poll() {
        accepted.count();
    }

    /**
     * What changed since.
     *
     * @param missed packets that the listener was too slow for.
     */
    public HostFacts end(long missed) throws IOException {
        long[] now = interfaceCounts(lines("dev"), interfaceName);
        Map<String, Long> sockets = socketDrops(lines("raw"));
        long dropped =
                socketsBefore.entrySet().stream()
                        .mapToLong(
                                entry ->
                                        Math.max(
                                                0,
                                                sockets.getOrDefault(entry.getKey(), 0L)
                                                        - entry.getValue()))
                        .sum();
        NetworkInterface device = NetworkInterface.getByName(interfaceName);
        boolean isUp = device != null && device.isUp();
        boolean isMember =
                !Segment.isMulticast(destination) || isMember(lines("igmp"), interfaceName);
        return new HostFacts(
                isUp,
                isUp ? device.getMTU() : 0,
                now[0] - interfaceBefore[0],
                now[1] - interfaceBefore[1],
                isMember,
                accepted.isOpen() && !destination.contains(":") ? accepted.count() : -1,
                dropped,
                receiveBufferMax(),
                missed);
    }

    /** Numeric addresses of an interface; none if it does not exist. */
    public static List<String> addresses(String interfaceName) throws IOException {
        NetworkInterface device = NetworkInterface.getByName(interfaceName);
        if (device == null) {
            return List.of();
        }
        return device.getInterfaceAddresses().stream()
                .map(InterfaceAddress::getAddress)
                .map(HostProbe::withoutScope)
                .toList();
    }

    private static String withoutScope(InetAddress address) {
        String text = address.getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    /** Receive errors (with those of frames) and receive drops of {@code /proc/net/dev}. */
    static long[] interfaceCounts(List<String> lines, String interfaceName) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(interfaceName)) {
                String[] columns = line.substring(colon + 1).strip().split("\\s+", -1);
                return new long[] {
                    Long.parseLong(columns[COLUMN_ERRORS]) + Long.parseLong(columns[COLUMN_FRAME]),
                    Long.parseLong(columns[COLUMN_DROPS])
                };
            }
        }
        return new long[2];
    }

    /** Drops of the sockets of protocol 240 in {@code /proc/net/raw}, by inode. */
    static Map<String, Long> socketDrops(List<String> lines) {
        Map<String, Long> drops = new HashMap<>();
        for (String line : lines) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns.length > 12 && columns[1].endsWith(":00F0")) {
                drops.put(columns[9], Long.parseLong(columns[columns.length - 1]));
            }
        }
        return drops;
    }

    /** Whether 224.0.0.240 is joined on the interface, by {@code /proc/net/igmp}. */
    static boolean isMember(List<String> lines, String interfaceName) {
        boolean isOurs = false;
        for (String line : lines) {
            if (!line.isEmpty() && Character.isDigit(line.charAt(0))) {
                String[] columns = line.replace(":", " ").strip().split("\\s+", -1);
                isOurs = columns.length > 1 && columns[1].equals(interfaceName);
            } else if (isOurs && line.strip().startsWith("F00000E0")) {
                return true;
            }
        }
        return false;
    }

    private static long receiveBufferMax() throws IOException {
        // Not shown in other network namespaces than the first.
        return Files.isReadable(RECEIVE_BUFFER_MAX)
                ? Long.parseLong(Files.readString(RECEIVE_BUFFER_MAX).strip())
                : 0;
    }

    private static List<String> lines(String name) {
        try {
            return Files.readAllLines(NET.resolve(name));
        } catch (IOException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        accepted.close();
    }
}
