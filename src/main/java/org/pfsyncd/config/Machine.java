package org.pfsyncd.config;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the configuration needs to know of the machine; a test passes another.
 *
 * @param hostName default name of the node.
 * @param isRoot whether system directories are the default.
 * @param userId for the run directory of an ordinary user.
 * @param interfaces names of those that exist; empty where that does not matter.
 */
public record Machine(String hostName, boolean isRoot, String userId, List<String> interfaces) {
    public Machine {
        interfaces = List.copyOf(interfaces);
    }

    /** This machine. */
    public static Machine here() {
        String user = System.getProperty("user.name");
        return new Machine(hostNameHere(), "root".equals(user), user, interfacesHere());
    }

    /** The same for a reader of the journal, which may be far from the interfaces it names. */
    public Machine withAnyInterface() {
        return new Machine(hostName, isRoot, userId, List.of());
    }

    boolean lacksInterface(String name) {
        return !interfaces.isEmpty() && !interfaces.contains(name);
    }

    Path defaultDataDir(String node) {
        return isRoot ? Path.of("/var/lib/pfsyncd", node) : Path.of("pfsyncd-data");
    }

    Path defaultRunDir(String node) {
        Path system = Path.of("/run/pfsyncd", node);
        boolean isUsable = isRoot || Files.isWritable(system);
        return isUsable ? system : Path.of("/dev/shm/pfsyncd-" + userId, node);
    }

    private static String hostNameHere() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            int dot = name.indexOf('.');
            return dot > 0 ? name.substring(0, dot) : name;
        } catch (UnknownHostException e) {
            return "node";
        }
    }

    private static List<String> interfacesHere() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .sorted()
                    .collect(Collectors.toList());
        } catch (SocketException e) {
            return List.of();
        }
    }
}
