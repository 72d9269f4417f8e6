package dev.fnwatchdog.maven.image.start;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.FunctionImage;
import dev.fnwatchdog.maven.image.PlannedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A program in place of the watchdog's jar in an image: it prints a given text, and exits. */
final class StandInJar {
    private final Path exploded;

    StandInJar(Path exploded) {
        this.exploded = exploded;
    }

    /** Writes the jar where an image has it: nothing but a manifest that refers to the program. */
    void write() throws IOException {
        Path jar = exploded.resolve("watchdog" + FunctionFiles.WATCHDOG_JAR);
        Files.createDirectories(jar.getParent());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        StandInJar.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString());
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out, manifest)) {
            packed.finish();
        }
    }

    /** Returns an image whose watchdog prints {@code output} and exits with {@code status}. */
    static PlannedImage image(Map<String, String> settings, String output, int status) {
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("stand_in_output", output);
        environment.put("stand_in_status", Integer.toString(status));
        return new PlannedImage(
                new FunctionImage(
                        List.of(),
                        "java",
                        List.of(),
                        new TreeMap<>(environment),
                        "12000",
                        new TreeSet<>(List.of(8080))),
                WatchdogConfig.parse(settings),
                List.of());
    }

    /** The program. */
    static final class Main {
        private Main() {}

        /** Exits at once, or with SIGTERM if it says that it serves. */
        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws InterruptedException {
            int status = Integer.parseInt(System.getenv("stand_in_status"));
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(status)));
            System.out.println(System.getenv("stand_in_output"));
            if (System.getenv("stand_in_output").contains("Listening")) {
                Thread.currentThread().join();
            }
            System.exit(status);
        }
    }
}
