package dev.fnwatchdog.maven.dev;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A process in place of the watchdog: it reports ports that are not served, and records the commands that it gets. */
final class StandInWatchdog {
    private static final long POLL_NANOS = 2_000_000;

    private final Path folder;

    StandInWatchdog(Path folder) {
        this.folder = folder;
    }

    /** The launch of this process, with the command line of the watchdog's fat jar. */
    WatchdogLaunch launch(WatchdogLaunch.Function function, Map<String, String> origins) throws IOException {
        return new WatchdogLaunch(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                List.of(),
                jar(),
                folder,
                Map.of(),
                origins,
                folder.resolve("ports"),
                function,
                Duration.ofSeconds(10));
    }

    /** A jar that contains nothing but a manifest that refers to this class. */
    private Path jar() throws IOException {
        URI classes = URI.create(StandInWatchdog.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classes.toString());
        Path jar = folder.resolve("watchdog.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out, manifest)) {
            packed.finish();
        }
        return jar;
    }

    /** Waits until it runs. */
    void awaitStart() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(folder.resolve("ports")) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** The arguments of its command line. */
    List<String> startedWith() throws IOException {
        return Files.readAllLines(folder.resolve("ports.arguments"));
    }

    /** The commands that it has received. */
    List<String> commands() throws IOException {
        Path received = folder.resolve("ports.commands");
        return Files.exists(received) ? Files.readAllLines(received) : List.of();
    }

    /** The main class of the process, which has none of the plugin's classes. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            Path report = Path.of(arguments[1]);
            Path received = Files.createFile(report.resolveSibling("ports.commands"));
            Files.write(report.resolveSibling("ports.arguments"), List.of(arguments));
            Path draft = Files.writeString(report.resolveSibling("ports.new"), "port=1\nmetrics_port=2\n");
            Files.move(draft, report, StandardCopyOption.ATOMIC_MOVE);
            try (BufferedReader commands =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                    Files.writeString(received, line + "\n", StandardOpenOption.APPEND);
                }
            }
        }
    }
}
