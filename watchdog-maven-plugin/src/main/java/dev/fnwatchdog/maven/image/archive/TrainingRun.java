package dev.fnwatchdog.maven.image.archive;

import com.sun.net.httpserver.HttpServer;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.maven.files.Folders;
import dev.fnwatchdog.maven.image.ClassArchive;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.base.JavaHome;
import dev.fnwatchdog.maven.image.start.TrainingSettings;
import dev.fnwatchdog.maven.image.start.WatchdogStart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts the watchdog once, sends it a few requests, and has its JVM keep the classes that it loaded.
 *
 * <p>Threads: blocks for seconds, at most a minute.
 */
public final class TrainingRun {
    // Java 17 and 25 word the beginning differently.
    private static final String NO_BASE_ARCHIVE = "is unsupported when base CDS archive is not loaded";
    // Heaps of 32 GB and more have other pointers, and an archive that was made with those cannot be used in a
    // container.
    private static final String SMALL_HEAP = "-Xmx128m";

    // Java 17 keeps the jar's name and compares the files later: from any folder of the image that is less deep than
    // this, the path upwards ends at the root as well, and leads to the same jar.
    private static final String UPWARDS = "../../../../../../../..";

    private final JavaHome java;
    private final Path folder;

    /** @param folder the working folder */
    public TrainingRun(JavaHome java, Path folder) {
        this.java = java;
        this.folder = folder;
    }

    /**
     * Makes the archive.
     *
     * @param exploded the image's layers as {@link ExplodedLayers} writes them; the JVM compares the jar's time later
     * @throws IOException with the reason why there is no archive
     */
    public ClassArchive run(Path exploded, PlannedImage plan) throws IOException {
        ArchiveKind kind = ArchiveKind.of(java);
        Folders.delete(folder);
        Path archive = Files.createDirectories(folder).resolve(kind.fileName());
        HttpServer standIn = standIn();
        try {
            Map<String, String> settings = new TrainingSettings(
                            standIn.getAddress().getPort(), path -> ExplodedLayers.find(exploded, path))
                    .of(plan.image().environment(), plan.config().mode());
            Path workingFolder = stage(Path.of(ExplodedLayers.find(exploded, FunctionFiles.WATCHDOG_JAR)));
            List<String> command = command(kind.makeOptions(archive.toString()), plan.options());
            settings.put("TMPDIR", folder.toString());
            ModeConfig mode = plan.config().mode();
            check(new WatchdogStart(command, workingFolder, settings).run(port -> sendRequests(port, mode)), archive);
        } finally {
            standIn.stop(0);
        }
        return new ClassArchive(archive, kind.path(), kind.useOption(), java.build());
    }

    private static void check(WatchdogStart.Outcome outcome, Path archive) throws IOException {
        if (outcome.output().stream().anyMatch(line -> line.contains(NO_BASE_ARCHIVE))) {
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

    /** Sends requests, but none to a function that is the real one, because the user has not permitted that. */
    private static void sendRequests(int port, ModeConfig mode) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        List<String> paths = mode instanceof ModeConfig.Inproc
                ? List.of("/_/health", "/_/ready")
                : List.of("/", "/", "/_/health", "/_/ready");
        for (String path : paths) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            client.send(request, HttpResponse.BodyHandlers.discarding());
        }
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
