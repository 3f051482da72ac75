package org.pfsyncd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing phones home: the library that would is on no class path of ours. */
class NoAnalyticsTest {
    @Test
    void shouldNotFindAnalyticsOnTheClassPath() {
        assertThrows(
                ClassNotFoundException.class,
                () -> Class.forName("net.openhft.chronicle.analytics.Analytics"));
        assertFalse(System.getProperty("java.class.path").contains("chronicle-analytics"));
    }

    @Test
    @Tag("system")
    void shouldNotShipAnalyticsBesideTheJar() throws IOException {
        try (Stream<Path> libraries = Files.list(Path.of("target/lib"))) {
            assertTrue(libraries.noneMatch(path -> path.toString().contains("analytics")));
        }
        try (JarFile jar = new JarFile("target/pfsyncd.jar")) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertFalse(manifest.getValue("Class-Path").contains("analytics"));
            assertTrue(manifest.getValue("Add-Opens").contains("java.base/jdk.internal.misc"));
            assertTrue(manifest.getValue("Enable-Native-Access").contains("ALL-UNNAMED"));
        }
    }
}
