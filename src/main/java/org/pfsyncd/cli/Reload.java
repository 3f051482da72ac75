package org.pfsyncd.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.pfsyncd.agent.Daemon;
import org.pfsyncd.config.ConfigDiff;
import org.pfsyncd.config.ConfigException;
import org.pfsyncd.config.ConfigLoader;
import org.pfsyncd.config.Machine;
import org.pfsyncd.config.PfsyncdConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HUP: reads the configuration again, applies what can be applied, says what cannot, and sends
 * nothing. Runs on the virtual machine's signal thread.
 */
final class Reload {
    private static final Logger LOGGER = LoggerFactory.getLogger(Reload.class);

    private final Path file;
    private final AtomicReference<PfsyncdConfig> current;
    private final Daemon daemon;

    private Reload(Path file, PfsyncdConfig loaded, Daemon daemon) {
        this.file = file;
        current = new AtomicReference<>(loaded);
        this.daemon = daemon;
    }

    /**
     * Registers for HUP. {@code sun.misc.Signal} has no supported form, so it is reached by
     * reflection.
     */
    static void onHangup(Path file, PfsyncdConfig loaded, Daemon daemon) {
        Reload reload = new Reload(file, loaded, daemon);
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onSignal =
                    (proxy, method, args) -> reload.handle(proxy, method.getName(), args);
            Object receiver =
                    Proxy.newProxyInstance(
                            Reload.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
            Object hangup = signal.getConstructor(String.class).newInstance("HUP");
            signal.getMethod("handle", signal, handler).invoke(null, hangup, receiver);
        } catch (ReflectiveOperationException e) {
            LOGGER.warn(
                    "HUP is not handled error=\"{}\" action=restart-to-change-the-configuration",
                    e.toString());
        }
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
    private Object handle(Object proxy, String method, Object[] args) {
        return switch (method) {
            case "handle" -> {
                reload();
                yield null;
            }
            case "equals" -> proxy == args[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "reload on HUP";
        };
    }

    private void reload() {
        try {
            PfsyncdConfig changed = ConfigLoader.load(file, Machine.here());
            ConfigDiff diff = ConfigDiff.between(current.get(), changed);
            if (diff.isEmpty()) {
                LOGGER.info("reload file={} changed=nothing", file);
                return;
            }
            daemon.control().reconfigure(changed);
            current.set(changed);
            LOGGER.info(
                    "reload file={} applied={} needs_restart={}",
                    file,
                    diff.live(),
                    diff.restart());
        } catch (ConfigException e) {
            LOGGER.warn("reload refused, nothing changed:\n{}", e.getMessage());
        } catch (TimeoutException e) {
            LOGGER.warn("reload failed error=\"{}\" action=send-HUP-again", e.getMessage());
        }
    }
}
