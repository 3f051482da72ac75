package org.pfsyncd.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Two network namespaces joined by a veth pair, made and removed by the caller.
 *
 * @param a name of the sender's namespace.
 * @param b name of the receiver's.
 * @param addressA of the sender, IPv4.
 * @param addressB of the receiver.
 */
record Pair(String a, String b, String addressA, String addressB) {
    /** What starts a process in a namespace. */
    static List<String> in(String namespace, String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(List.of(command));
        return whole;
    }

    /** As above, the sender's side on the first core, the receiver's on the second. */
    List<String> pinned(String namespace, String... command) {
        boolean hasTwo = Runtime.getRuntime().availableProcessors() > 1;
        List<String> whole =
                new ArrayList<>(
                        in(namespace, "taskset", "-c", namespace.equals(a) || !hasTwo ? "0" : "1"));
        whole.addAll(List.of(command));
        return whole;
    }
}
