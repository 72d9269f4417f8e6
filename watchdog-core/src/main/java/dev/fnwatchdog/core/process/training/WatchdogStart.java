package dev.fnwatchdog.core.process.training;

import dev.fnwatchdog.core.process.tree.InvocationMarker;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import dev.fnwatchdog.core.process.tree.ProcessTreeKill;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One start of the watchdog in a JVM of its own, until it serves; then it is stopped.
 *
 * <p>Threads: blocks for seconds, and may be interrupted. Nothing that it has started is left afterwards.
 */
public final class WatchdogStart {
    private static final long POLL_MILLIS = 10;
    private static final long KILL_SECONDS = 10;
    // As a shell reports SIGKILL.
    private static final int KILLED = 137;
    // What begins a line of the watchdog's own, as text and in JSON.
    private static final String OWN = "(?m)^(?:\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d |\\{.*\"msg\":\")";
    private static final Pattern PORT = Pattern.compile(OWN + "Listening on port: (\\d+)\\b");
    private static final Pattern METRICS_PORT = Pattern.compile(OWN + "Metrics listening on port: (\\d+)\\b");

    private final List<String> command;
    private final Path folder;
    private final Map<String, String> environment;
    private final Duration timeout;

    /**
     * Creates a start.
     *
     * @param folder where its output is written
     * @param environment all variables
     * @param timeout how long start, use and stop may take together
     */
    public WatchdogStart(List<String> command, Path folder, Map<String, String> environment, Duration timeout) {
        this.command = List.copyOf(command);
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        this.timeout = timeout;
    }

    /** The ports on which the watchdog serves. */
    public record Ports(int requests, int metrics) {}

    /** How a start has ended. */
    public enum End {
        /** The watchdog has ended before it served. */
        REFUSED,
        /** It has served, and ended. */
        SERVED,
        /** It was killed at the end of the timeout. */
        TIMED_OUT
    }

    /** What to do while the watchdog serves. */
    public interface Serving {
        void use(Ports ports) throws IOException, InterruptedException;
    }

    /**
     * Starts the watchdog, and stops it again.
     *
     * @param workingFolder to which relative paths refer
     * @throws IOException if it cannot be started, or {@code serving} fails
     */
    public Outcome run(Path workingFolder, Serving serving) throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        // Not a pipe: whatever outlives the watchdog would keep it open.
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingFolder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        setEnvironment(builder.environment());
        InvocationMarker marker = InvocationMarker.next(environment);
        builder.environment().put(InvocationMarker.NAME, marker.value());
        Process process = builder.start();
        ProcessTable table = ProcessTable.ofThisSystem();
        ProcessTree tree = new ProcessTree(process.pid(), process::isAlive, marker);
        tree.identify(table);
        try {
            process.getOutputStream().close();
            Optional<Ports> ports = awaitPorts(process, output, end);
            if (ports.isPresent()) {
                use(process, serving, ports.get());
                process.toHandle().destroy();
            }
            boolean ended = process.waitFor(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            End how = !ended ? End.TIMED_OUT : ports.isPresent() ? End.SERVED : End.REFUSED;
            return new Outcome(
                    how,
                    ended ? process.exitValue() : KILLED,
                    text(output).lines().toList());
        } finally {
            kill(process, tree, table);
        }
    }

    /** Where the watchdog has ended meanwhile, its exit status and output say more than a broken connection. */
    private static void use(Process process, Serving serving, Ports ports) throws IOException, InterruptedException {
        try {
            serving.use(ports);
        } catch (IOException e) {
            if (!process.waitFor(1, TimeUnit.SECONDS) || process.exitValue() == 0) {
                throw e;
            }
        }
    }

    /** Leaves those variables as they are that are inherited: their bytes may be no text. */
    private void setEnvironment(Map<String, String> variables) {
        variables.keySet().retainAll(environment.keySet());
        environment.forEach((name, value) -> {
            if (!value.equals(variables.get(name))) {
                variables.put(name, value);
            }
        });
    }

    /** Returns the ports when the watchdog serves; empty if it has ended, or the time is over. */
    private static Optional<Ports> awaitPorts(Process process, Path output, long end)
            throws IOException, InterruptedException {
        long size = 0;
        while (process.isAlive() && System.nanoTime() - end < 0) {
            long current = Files.size(output);
            if (current != size) {
                size = current;
                String text = text(output);
                OptionalInt requests = port(PORT, text);
                OptionalInt metrics = port(METRICS_PORT, text);
                if (requests.isPresent() && metrics.isPresent()) {
                    return Optional.of(new Ports(requests.getAsInt(), metrics.getAsInt()));
                }
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return Optional.empty();
    }

    private static OptionalInt port(Pattern line, String text) {
        Matcher found = line.matcher(text);
        return found.find() ? OptionalInt.of(Integer.parseInt(found.group(1))) : OptionalInt.empty();
    }

    /** Returns the complete lines so far. */
    private static String text(Path output) throws IOException {
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    /** Kills what is left, also a function that the watchdog starts meanwhile, and waits for the end of it. */
    private static void kill(Process process, ProcessTree tree, ProcessTable table) {
        // They may write to a folder that is deleted next.
        ProcessTreeKill.all(table, List.of(tree));
        process.destroyForcibly()
                .onExit()
                .completeOnTimeout(process, KILL_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /**
     * How it went.
     *
     * @param output the lines of both streams
     */
    public record Outcome(End end, int exitStatus, List<String> output) {
        private static final int LAST_LINES = 5;
        // Java 17 and later versions word the beginning differently.
        private static final String NO_BASE_ARCHIVE = "is unsupported when base CDS archive is not loaded";
        private static final Pattern TEXT = Pattern.compile("^\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d (.*)$");
        private static final Pattern JSON = Pattern.compile("^\\{.*\"msg\":\"((?:[^\"\\\\]|\\\\.)*)\".*$");

        public Outcome {
            output = List.copyOf(output);
        }

        public boolean succeeded() {
            return end == End.SERVED && exitStatus == 0;
        }

        /** Returns whether the JVM lacks the archive of the JDK's own classes, on which another one is built. */
        public boolean lacksBaseArchive() {
            return output.stream().anyMatch(line -> line.contains(NO_BASE_ARCHIVE));
        }

        public String lastLines() {
            return lastOf(output);
        }

        /** Returns the last message that the watchdog has logged; the last lines if it has logged none. */
        public String lastMessage() {
            return output.stream()
                    .flatMap(line -> Stream.of(TEXT, JSON).map(form -> form.matcher(line)))
                    .filter(Matcher::matches)
                    .map(message -> message.group(1))
                    .reduce((earlier, later) -> later)
                    .orElseGet(this::lastLines);
        }

        /** Returns the last lines of the JVM itself, empty if there are none. */
        public String lastLinesOfJvm() {
            return lastOf(output.stream()
                    .filter(line -> line.startsWith("[") || line.startsWith("Java ") || line.startsWith("OpenJDK "))
                    .toList());
        }

        private static String lastOf(List<String> lines) {
            return String.join("; ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        }
    }
}
