package org.pfsyncd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;

/** A new arrow between packages is a decision, so it fails here first. */
@AnalyzeClasses(packages = "org.pfsyncd", importOptions = DoNotIncludeTests.class)
class PackageDirectionTest {
    @ArchTest static final ArchRule ARROWS = arrows();

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("org.pfsyncd.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule FOREIGN_CALLS_IN_OS =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("org.pfsyncd.os..", "org.pfsyncd.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("java.lang.foreign..");

    @ArchTest
    static final ArchRule CHRONICLE_STOPS_AT_ITS_WALLS =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "org.pfsyncd.state..", "org.pfsyncd.journal..", "org.pfsyncd.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("net.openhft..");

    @ArchTest
    static final ArchRule CLOCKS_IN_CLI =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("org.pfsyncd.cli..", "org.pfsyncd.bench..")
                    .should()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis");

    private static LayeredArchitecture arrows() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String name :
                new String[] {
                    "cli", "bench", "sim", "agent", "control", "replay", "doctor", "capture",
                            "text",
                    "group", "link", "state", "journal", "config", "net", "os", "wire", "metrics"
                }) {
            layers = layers.layer(name).definedBy("org.pfsyncd." + name + "..");
        }
        return layers.whereLayer("cli")
                .mayOnlyAccessLayers(
                        "bench", "sim", "agent", "control", "replay", "doctor", "capture", "text",
                        "state", "journal", "config", "net", "wire", "metrics")
                .whereLayer("bench")
                .mayOnlyAccessLayers(
                        "agent", "control", "replay", "state", "journal", "config", "net", "wire",
                        "metrics")
                .whereLayer("sim")
                .mayOnlyAccessLayers(
                        "agent", "replay", "capture", "link", "state", "journal", "config", "net",
                        "wire", "metrics")
                .whereLayer("agent")
                .mayOnlyAccessLayers(
                        "control", "replay", "group", "link", "state", "journal", "config", "net",
                        "os", "wire", "metrics")
                .whereLayer("control")
                .mayOnlyAccessLayers("state", "metrics", "text", "wire")
                .whereLayer("replay")
                .mayOnlyAccessLayers("journal", "state", "wire", "metrics")
                .whereLayer("doctor")
                .mayOnlyAccessLayers("capture", "net", "wire")
                .whereLayer("capture")
                .mayOnlyAccessLayers("wire")
                .whereLayer("text")
                .mayOnlyAccessLayers("wire")
                .whereLayer("group")
                .mayOnlyAccessLayers("wire", "net", "metrics")
                .whereLayer("link")
                .mayOnlyAccessLayers("wire", "net", "metrics")
                .whereLayer("state")
                .mayOnlyAccessLayers("wire", "metrics")
                .whereLayer("journal")
                .mayOnlyAccessLayers("wire", "os", "metrics")
                .whereLayer("net")
                .mayOnlyAccessLayers("os")
                .whereLayer("config")
                .mayNotAccessAnyLayer()
                .whereLayer("os")
                .mayNotAccessAnyLayer()
                .whereLayer("wire")
                .mayNotAccessAnyLayer()
                .whereLayer("metrics")
                .mayNotAccessAnyLayer();
    }
}
