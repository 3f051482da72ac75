package org.pfsyncd.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.pfsyncd.os.LibcTime;

/**
 * Time since the machine was booted: it goes on while no process of ours runs, and nobody sets it.
 * Any thread.
 */
public interface BootClock {
    /** None that can be told from another. */
    BootClock NONE =
            new BootClock() {
                @Override
                public long nanos() {
                    return 0;
                }

                @Override
                public long bootId() {
                    return 0;
                }
            };

    /** Nanoseconds since the boot, suspended time included. */
    long nanos();

    /** Which boot; 0 if that cannot be told, and then no two instants may be compared. */
    long bootId();

    /** The machine's: CLOCK_BOOTTIME, which a time namespace may move. */
    static BootClock ofMachine() {
        long id = machineBootId();
        return new BootClock() {
            @Override
            public long nanos() {
                return LibcTime.bootNanos();
            }

            @Override
            public long bootId() {
                return id;
            }
        };
    }

    private static long machineBootId() {
        try {
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            // A kernel without time namespaces has one time for all.
            Path link = Path.of("/proc/self/ns/time");
            String namespace =
                    Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : "";
            CRC32C crc = new CRC32C();
            crc.update((boot + namespace).getBytes(StandardCharsets.US_ASCII));
            return 1L << 32 | crc.getValue();
        } catch (IOException e) {
            return 0;
        }
    }
}
