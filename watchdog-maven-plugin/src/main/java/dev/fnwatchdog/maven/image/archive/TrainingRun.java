package dev.fnwatchdog.maven.image.archive;

import com.sun.net.httpserver.HttpServer;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.process.training.ArchiveKind;
import dev.fnwatchdog.core.process.training.TrainingRequests;
import dev.fnwatchdog.core.process.training.WatchdogStart;
import dev.fnwatchdog.maven.files.Folders;
import dev.fnwatchdog.maven.image.ClassArchive;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.base.JavaHome;
import dev.fnwatchdog.maven.image.start.ImageStart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts the watchdog once, sends it a few requests, and has its JVM keep the classes that it loaded.
 *
 * <p>Threads: blocks for seconds, at most a minute.
 *
 * @param folder the working folder
 */
public record TrainingRun(JavaHome java, Path folder) {
    // Heaps of 32 GB and more have other pointers, and an archive that was made with those cannot be used in a
    // container.
    private static final String SMALL_HEAP = "-Xmx128m";

    // Java 17 keeps the jar's name and compares the files later: from any folder of the image that is less deep than
    // this, the path upwards ends at the root as well, and leads to the same jar.
    private static final String UPWARDS = "../../../../../../../..";

    /**
     * Makes the archive.
     *
     * @param exploded the image's layers as {@link ExplodedLayers} writes them; the JVM compares the jar's time later
     * @throws IOException with the reason why there is no archive
     */
    public ClassArchive run(Path exploded, PlannedImage plan) throws IOException {
        ArchiveKind kind = ArchiveKind.of(java.feature());
        String name = "watchdog." + kind.extension();
        Folders.delete(folder);
        Path archive = Files.createDirectories(folder).resolve(name);
        HttpServer standIn = standIn();
        try {
            ImageStart start =
                    new ImageStart(java, exploded, plan, standIn.getAddress().getPort());
            List<String> command = command(kind.makeOptions(archive.toString()), plan.options());
            ModeConfig mode = plan.config().mode();
            check(
                    start.run(
                            command,
                            stage(Path.of(start.jar())),
                            folder,
                            Map.of(),
                            ports -> new TrainingRequests(ports).send(mode, List.of())),
                    archive);
        } finally {
            standIn.stop(0);
        }
        String path = FunctionFiles.WATCHDOG_HOME + "/" + name;
        return new ClassArchive(archive, path, kind.useOption(path), java.build());
    }

    private static void check(WatchdogStart.Outcome outcome, Path archive) throws IOException {
        if (outcome.lacksBaseArchive()) {
            throw new IOException(
                    "the Java of the base image lacks the archive of the JDK's own classes, which this one is built on:"
                            + " make that Java by jlink with --generate-cds-archive");
        }
        if (!outcome.succeeded()) {
            throw new IOException(outcome.lastLines());
        }
        if (!Files.isRegularFile(archive)) {
            throw new IOException("its JVM did not write one");
        }
    }

    /**
     * Copies the jar below a root of its own, and returns a folder as deep below that root as {@link #UPWARDS} climbs.
     */
    private Path stage(Path jar) throws IOException {
        Path root = folder.resolve("root");
        Path staged = root.resolve(FunctionFiles.WATCHDOG_JAR.substring(1));
        Files.createDirectories(staged.getParent());
        Files.copy(jar, staged, StandardCopyOption.COPY_ATTRIBUTES);
        return Files.createDirectories(root.resolve(UPWARDS.replace("..", "below")));
    }

    private List<String> command(List<String> makeOptions, List<String> options) {
        List<String> command = new ArrayList<>(List.of(java.command().toString()));
        command.addAll(options);
        command.add(SMALL_HEAP);
        command.addAll(makeOptions);
        command.addAll(List.of("-jar", UPWARDS + FunctionFiles.WATCHDOG_JAR));
        return command;
    }

    private static HttpServer standIn() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("trained\n".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        return server;
    }
}
