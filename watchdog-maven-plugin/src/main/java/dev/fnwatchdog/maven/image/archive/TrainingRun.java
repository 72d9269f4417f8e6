package dev.fnwatchdog.maven.image.archive;

import com.sun.net.httpserver.HttpServer;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.maven.files.Folders;
import dev.fnwatchdog.maven.image.ClassArchive;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.PlannedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the watchdog once, sends it a few requests, and has its JVM keep the classes that it loaded.
 *
 * <p>Threads: blocks for seconds, at most a minute.
 */
public final class TrainingRun {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final Pattern PORT = Pattern.compile("Listening on port: ([0-9]+)");
    private static final String STARTED = "Writing lock-file to";
    private static final int LAST_LINES = 5;
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
            train(command, workingFolder, settings, plan.config().mode());
        } finally {
            standIn.stop(0);
        }
        if (!Files.isRegularFile(archive)) {
            throw new IOException("its JVM has written none");
        }
        return new ClassArchive(archive, kind.path(), kind.useOption(), java.build());
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

    private void train(List<String> command, Path workingFolder, Map<String, String> settings, ModeConfig mode)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(workingFolder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        builder.environment().putAll(settings);
        builder.environment().put("TMPDIR", folder.toString());
        Process process = builder.start();
        CompletableFuture.delayedExecutor(TIMEOUT.toSeconds(), TimeUnit.SECONDS).execute(() -> kill(process));
        List<String> output = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int port = awaitStart(lines, output);
            sendRequests(port, mode);
            // Not Process.destroy, which closes the pipe under the reader.
            process.toHandle().destroy();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
            }
            if (process.waitFor() != 0) {
                throw new IOException(lastOf(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the build was interrupted", e);
        } finally {
            kill(process);
        }
    }

    private static int awaitStart(BufferedReader lines, List<String> output) throws IOException {
        int port = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            output.add(line);
            Matcher listening = PORT.matcher(line);
            if (port == 0 && listening.find()) {
                port = Integer.parseInt(listening.group(1));
            }
            if (port != 0 && (line.contains(STARTED) || line.contains("Metrics listening"))) {
                return port;
            }
        }
        throw new IOException(lastOf(output));
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

    private static void kill(Process process) {
        try (Stream<ProcessHandle> children = process.descendants()) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        process.destroyForcibly();
    }

    private static String lastOf(List<String> output) {
        return String.join("; ", output.subList(Math.max(0, output.size() - LAST_LINES), output.size()));
    }
}
