package org.pfsyncd.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.config.PfsyncdConfig;
import org.pfsyncd.control.ControlServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}: the daemon, in the foreground. */
@Command(
        name = "run",
        description = "Runs the daemon in the foreground until TERM or INT.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  pfsyncd run -c /etc/pfsyncd/pfsyncd.toml",
            "",
            "HUP reads the configuration again, and says what takes effect and what needs a"
                    + " restart."
        })
public final class RunCommand implements Callable<Integer> {
    private static final Logger LOGGER = LoggerFactory.getLogger(RunCommand.class);

    @Mixin private ConfigOption config;

    @Override
    public Integer call() throws IOException {
        return run(config.file());
    }

    /** Runs what a configuration file says until TERM or INT; returns the exit code. */
    static int run(Path file) throws IOException {
        return run(file, new CountDownLatch(1));
    }

    /** As {@link #run(Path)}; also ends when {@code stop} opens, which may be at once. */
    static int run(Path file, CountDownLatch stop) throws IOException {
        PfsyncdConfig loaded = ConfigOption.loadForHere(file);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread hook = new Thread(() -> awaitStop(stop, stopped), "stop");
        try (Daemon daemon =
                        new Daemon(loaded, SystemClocks.surroundings(), new SystemPorts()).open();
                ControlServer control =
                        new ControlServer(daemon.directories().control(), daemon.control())) {
            daemon.start();
            LOGGER.info("control socket={}", control.path());
            Runtime.getRuntime().addShutdownHook(hook);
            Reload.onHangup(file, loaded, daemon);
            ServiceManager.ready();
            stop.await();
            ServiceManager.stopping();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            LOGGER.info("stopped node={}", loaded.node().name());
            stopped.countDown();
        }
        return 0;
    }

    /** The virtual machine must not end before the agents have published what they have. */
    private static void awaitStop(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
