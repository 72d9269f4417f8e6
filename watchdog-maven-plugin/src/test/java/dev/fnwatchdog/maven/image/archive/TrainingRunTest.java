package dev.fnwatchdog.maven.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.FunctionImage;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.base.JavaHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
    @TempDir
    private Path folder;

    /** Proves specification 10.1. */
    @Test
    void aJavaByJlinkWithoutTheArchiveOfItsOwnClassesIsToldTheOptionThatAddsIt() throws Exception {
        assumeTrue(
                Runtime.version().feature() < 25, "an AOT cache is not built on the archive of the JDK's own classes");
        Path java = folder.resolve("java");
        Path home = Path.of(System.getProperty("java.home"));
        Process jlink = new ProcessBuilder(
                        home.resolve("bin/jlink").toString(), "--add-modules", "java.base", "--output", java.toString())
                .inheritIO()
                .start();
        assertThat(jlink.waitFor()).isZero();
        Path jar = folder.resolve("image/watchdog" + FunctionFiles.WATCHDOG_JAR);
        Files.createDirectories(jar.getParent());
        // The launcher reads the manifest before the JVM begins; the class is never looked for.
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "none.Main");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        Map<String, String> settings = Map.of("mode", "inproc", "handler", "hello.Hello");
        PlannedImage plan = new PlannedImage(
                new FunctionImage(
                        List.of(), "java", List.of(), new TreeMap<>(settings), "12000", new TreeSet<>(List.of(8080))),
                WatchdogConfig.parse(settings),
                List.of());

        assertThatThrownBy(() -> new TrainingRun(JavaHome.at(java), folder.resolve("archive"))
                        .run(folder.resolve("image"), plan))
                .hasMessage(
                        "the Java of the base image lacks the archive of the JDK's own classes, which this one is built on:"
                                + " make that Java by jlink with --generate-cds-archive");
    }
}
