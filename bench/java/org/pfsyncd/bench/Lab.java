package org.pfsyncd.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Network namespaces a (load, or the sending node), b (the node) and c (a third), a joined to b and
 * a to c by veth pairs. Each end of the first pair has a second address, for the floor. Needs root.
 */
final class Lab implements AutoCloseable {
    /** Name of the interface between a and b, in both. */
    static final String DEVICE = "v0";

    /** Address in a, and where pfsyncd listens in b. */
    static final String LOAD = "10.250.0.1";

    static final String NODE = "10.250.0.2";

    /** The same for the floor. */
    static final String FLOOR_LOAD = "10.250.0.11";

    static final String FLOOR = "10.250.0.12";

    /** And for a second floor, in C. */
    static final String C_FLOOR_LOAD = "10.250.0.21";

    static final String C_FLOOR = "10.250.0.22";

    private static final List<String> NODES = List.of("a", "b", "c");

    /** Two benchmarks at a time need two of these: each removes what bears its names. */
    private static final String PREFIX = System.getProperty("pfsyncd.bench.prefix", "pfbench-");

    private final boolean isPinned;

    /**
     * Removes what a run that was killed has left, and makes it anew.
     *
     * @param isPinned whether {@link #in} is {@link #pinnedIn}.
     */
    Lab(boolean isPinned) throws IOException {
        this.isPinned = isPinned;
        close();
        for (String node : NODES) {
            Shell.run("ip", "netns", "add", PREFIX + node);
            ip(node, "link", "set", "lo", "up");
        }
        join("b", DEVICE, List.of(LOAD, FLOOR_LOAD, C_FLOOR_LOAD), List.of(NODE, FLOOR, C_FLOOR));
        join("c", "v1", List.of("10.250.1.1"), List.of("10.250.1.2"));
    }

    private static void join(String right, String device, List<String> from, List<String> to)
            throws IOException {
        String other = PREFIX + right;
        ip("a", "link", "add", device, "type", "veth", "peer", "name", device, "netns", other);
        for (String address : from) {
            ip("a", "addr", "add", address + "/24", "dev", device);
        }
        for (String address : to) {
            ip(right, "addr", "add", address + "/24", "dev", device);
        }
        ip("a", "link", "set", device, "up");
        ip(right, "link", "set", device, "up");
    }

    private static void ip(String node, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", PREFIX + node));
        command.addAll(List.of(arguments));
        Shell.run(command.toArray(String[]::new));
    }

    /** The address under which another reaches a node. */
    String address(String node, String from) {
        return switch (node) {
            case "a" -> from.equals("c") ? "10.250.1.1" : LOAD;
            case "b" -> NODE;
            default -> "10.250.1.2";
        };
    }

    /** Gives b an address more, and returns it. */
    String anotherAddress(int number) throws IOException {
        String address = "10.250.0." + (100 + number);
        ip("b", "addr", "replace", address + "/24", "dev", DEVICE);
        return address;
    }

    /** Sets the MTU between a and b. */
    void mtu(int bytes) throws IOException {
        for (String node : List.of("a", "b")) {
            ip(node, "link", "set", DEVICE, "mtu", Integer.toString(bytes));
        }
    }

    /** What starts a process in a node's namespace. */
    List<String> in(String node) {
        return isPinned ? pinnedIn(node) : List.of("ip", "netns", "exec", PREFIX + node);
    }

    /** What starts a process in a node's namespace, on a core: the first for a, the second else. */
    List<String> pinnedIn(String node) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", PREFIX + node));
        command.addAll(List.of("taskset", "-c", node.equals("a") ? "0" : "1"));
        return command;
    }

    /** Loses some of a hundred frames on the way from a to b; needs nft(8). */
    void lose(int percent) throws IOException {
        nft("add", "table", "ip", "bench");
        nft("add chain ip bench in { type filter hook prerouting priority -300; }");
        nft("add rule ip bench in numgen random mod 100 < " + percent + " drop");
    }

    /** Loses nothing any more. */
    void loseNothing() throws IOException {
        nft("delete", "table", "ip", "bench");
    }

    private static void nft(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", PREFIX + "b", "nft"));
        command.addAll(List.of(arguments));
        Shell.run(command.toArray(String[]::new));
    }

    @Override
    public void close() {
        for (String node : NODES) {
            Shell.firstLine("ip", "netns", "del", PREFIX + node);
        }
    }
}
