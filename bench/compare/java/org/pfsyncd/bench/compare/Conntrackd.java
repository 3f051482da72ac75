package org.pfsyncd.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One conntrackd, FTFW over UDP, in a namespace. Owned by the harness's thread. */
final class Conntrackd implements AutoCloseable {
    private static final Pattern CACHE =
            Pattern.compile("cache (internal|external):\\s+current active connections:\\s+(\\d+)");

    private final Child child;
    private final String namespace;
    private final Path config;

    private Conntrackd(Child child, String namespace, Path config) {
        this.child = child;
        this.namespace = namespace;
        this.config = config;
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param addresses its own and the other's.
     * @param isInjecting states go straight into the kernel, without a cache.
     */
    static Conntrackd start(
            Path directory,
            String namespace,
            List<String> addresses,
            String device,
            boolean isInjecting)
            throws IOException {
        Path home = Files.createDirectories(directory.resolve("conntrackd-" + namespace));
        Path config = home.resolve("conf");
        Files.writeString(
                config,
                """
                Sync {
                  Mode FTFW {
                    DisableExternalCache %s
                    ResendQueueSize 262144
                    ACKWindowSize 300
                  }
                  UDP {
                    IPv4_address %s
                    IPv4_Destination_Address %s
                    Port 3780
                    Interface %s
                    SndSocketBuffer 8388608
                    RcvSocketBuffer 8388608
                    Checksum on
                  }
                  Options { TCPWindowTracking off }
                }
                General {
                  HashSize 262144
                  HashLimit 2000000
                  LogFile %s/log
                  Syslog off
                  LockFile %s/lock
                  UNIX { Path %s/socket }
                  NetlinkBufferSize 8388608
                  NetlinkBufferSizeMaxGrowth 67108864
                  Filter From Userspace {
                    Address Ignore {
                      IPv4_address %s
                      IPv4_address %s
                    }
                  }
                }
                """
                        .formatted(
                                isInjecting ? "on" : "off",
                                addresses.get(0),
                                addresses.get(1),
                                device,
                                home,
                                home,
                                home,
                                addresses.get(0),
                                addresses.get(1)));
        Child child =
                Child.start(
                        home.resolve("out"),
                        Pair.in(namespace, "conntrackd", "-C", config.toString()));
        return new Conntrackd(child.await("initialization completed"), namespace, config);
    }

    Child child() {
        return child;
    }

    /** Sends it one request, such as -n. */
    String ask(String... request) throws IOException {
        List<String> command =
                new ArrayList<>(Pair.in(namespace, "conntrackd", "-C", config.toString()));
        command.addAll(List.of(request));
        return Child.output(command);
    }

    /** States in the cache of this name, internal or external. */
    long states(String cache) throws IOException {
        Matcher caches = CACHE.matcher(ask("-s"));
        while (caches.find()) {
            if (caches.group(1).equals(cache)) {
                return Long.parseLong(caches.group(2));
            }
        }
        return 0;
    }

    /** Waits until a cache has as many states, asking each 10 ms; the instant at which it had. */
    long await(String cache, long wanted) throws IOException {
        long limitNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        long states = states(cache);
        while (states < wanted) {
            if (System.nanoTime() - limitNs > 0) {
                throw new IOException(
                        "conntrackd's cache " + cache + " has " + states + ", wanted " + wanted);
            }
            Child.pause(10);
            states = states(cache);
        }
        return System.nanoTime();
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
