package org.pfsyncd.support;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * Two network namespaces joined by a veth pair, {@code sync0} at either end; {@code near} is where
 * the daemon lives, {@code far} is where the firewalls do. Owned by the test's thread.
 */
public final class Namespaces implements AutoCloseable {
    public static final String INTERFACE = "sync0";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String near;
    private final String far;

    private Namespaces() {
        String stem = "pfs" + ProcessHandle.current().pid() + "x" + NUMBER.incrementAndGet();
        near = stem + "n";
        far = stem + "f";
    }

    /** Makes them, or skips the test with one line where that is not possible. */
    public static Namespaces create() throws IOException {
        Namespaces namespaces = new Namespaces();
        boolean isPossible = false;
        try {
            isPossible =
                    ChildJvm.run(List.of("ip", "netns", "add", namespaces.near)).exitCode() == 0;
        } catch (IOException e) {
            isPossible = false; // no such program
        }
        Assumptions.assumeTrue(isPossible, "skipped: needs root and ip(8) for network namespaces");
        try {
            ip("netns add " + namespaces.far);
            namespaces.connect();
            return namespaces;
        } catch (IOException | AssertionError e) {
            namespaces.close();
            throw e;
        }
    }

    /** Makes the veth pair: 10.0.0.100 here, 10.0.0.1 and the way to all groups there. */
    public void connect() throws IOException {
        ip(
                "-n "
                        + near
                        + " link add "
                        + INTERFACE
                        + " type veth peer name "
                        + INTERFACE
                        + " netns "
                        + far);
        for (String name : List.of(near, far)) {
            ip(
                    "-n "
                            + name
                            + " addr add "
                            + (name.equals(near) ? "10.0.0.100/24" : "10.0.0.1/24")
                            + " dev "
                            + INTERFACE);
            ip("-n " + name + " link set lo up");
            ip("-n " + name + " link set " + INTERFACE + " up");
        }
        ip("-n " + far + " route add 224.0.0.0/4 dev " + INTERFACE);
    }

    /** Takes the veth pair away. */
    public void disconnect() throws IOException {
        ip("-n " + near + " link delete " + INTERFACE);
    }

    /** Gives the near end one more address, or takes it away. */
    public void nearAddress(String verb, String address) throws IOException {
        ip("-n " + near + " addr " + verb + " " + address + "/24 dev " + INTERFACE);
    }

    public List<String> inNear() {
        return List.of("ip", "netns", "exec", near);
    }

    public List<String> inFar() {
        return List.of("ip", "netns", "exec", far);
    }

    private static void ip(String arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(Arrays.asList(arguments.split(" ", -1)));
        ChildJvm.Result result = ChildJvm.run(command);
        if (result.exitCode() != 0) {
            throw new AssertionError(command + ": " + result.out());
        }
    }

    @Override
    public void close() throws IOException {
        ChildJvm.run(List.of("ip", "netns", "delete", near));
        ChildJvm.run(List.of("ip", "netns", "delete", far));
    }
}
