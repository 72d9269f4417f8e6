package dev.fnwatchdog.maven.image.start;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
 * One start of the watchdog in a JVM of its own, until it serves; then it is stopped.
 *
 * <p>Threads: blocks for seconds, at most a minute.
 */
public final class WatchdogStart {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final Pattern PORT = Pattern.compile("Listening on port: ([0-9]+)");
    private static final String STARTED = "Writing lock-file to";
    private static final String STARTED_WITHOUT_LOCK_FILE = "Metrics listening";
    private static final int LAST_LINES = 5;

    private final List<String> command;
    private final Path workingFolder;
    private final Map<String, String> environment;

    /** @param environment all variables but {@code PATH}, which is this process's */
    public WatchdogStart(List<String> command, Path workingFolder, Map<String, String> environment) {
        this.command = List.copyOf(command);
        this.workingFolder = workingFolder;
        this.environment = Map.copyOf(environment);
    }

    /** What to do while the watchdog serves. */
    public interface Serving {
        void use(int port) throws IOException, InterruptedException;
    }

    /**
     * How it went.
     *
     * @param served whether the watchdog began to serve
     * @param output the lines of both streams
     */
    public record Outcome(boolean served, int exitStatus, List<String> output) {
        public Outcome {
            output = List.copyOf(output);
        }

        public boolean succeeded() {
            return served && exitStatus == 0;
        }

        public String lastLines() {
            return String.join("; ", output.subList(Math.max(0, output.size() - LAST_LINES), output.size()));
        }
    }

    public Outcome run(Serving serving) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(workingFolder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        CompletableFuture.delayedExecutor(TIMEOUT.toSeconds(), TimeUnit.SECONDS).execute(() -> kill(process));
        List<String> output = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int port = awaitStart(lines, output);
            if (port != 0) {
                serving.use(port);
                // Not Process.destroy, which closes the pipe under the reader.
                process.toHandle().destroy();
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    output.add(line);
                }
            }
            return new Outcome(port != 0, process.waitFor(), output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the build was interrupted", e);
        } finally {
            kill(process);
        }
    }

    /** Returns the port when the watchdog serves; 0 if it has ended before. */
    private static int awaitStart(BufferedReader lines, List<String> output) throws IOException {
        int port = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            output.add(line);
            Matcher listening = PORT.matcher(line);
            if (port == 0 && listening.find()) {
                port = Integer.parseInt(listening.group(1));
            }
            if (port != 0 && (line.contains(STARTED) || line.contains(STARTED_WITHOUT_LOCK_FILE))) {
                return port;
            }
        }
        return 0;
    }

    private static void kill(Process process) {
        try (Stream<ProcessHandle> children = process.descendants()) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        process.destroyForcibly();
    }
}
