package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The packaged jar as its users run it: {@code java -jar watchdog.jar} with an environment and a temporary directory of its
 * own, on free ports. Closing it kills what is left of it and of all that it started. The system property {@code
 * watchdog.jar} names the jar, {@code watchdog.java.home} another JDK than the tests' own.
 */
final class WatchdogProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final Pattern PORT = Pattern.compile("\\bListening on port: (\\d+)");
    private static final Pattern METRICS_PORT = Pattern.compile("Metrics listening on port: (\\d+)");
    private static final String MARKER = "WATCHDOG_PROCESS";

    private final Path folder;
    private final String marker = UUID.randomUUID().toString();
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();

    // Mutable state
    private volatile int port;

    private WatchdogProcess(Builder builder) throws IOException {
        this.folder = Files.createTempDirectory("watchdog-it");
        Files.createDirectory(temporaryDirectory());
        if (builder.user >= 0) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setAttribute(temporaryDirectory(), "unix:uid", builder.user);
        }
        ProcessBuilder command = new ProcessBuilder(builder.command());
        Map<String, String> environment = command.environment();
        // What this machine sets must not reach the watchdog, but for what it takes to find programs.
        environment.keySet().retainAll(List.of("PATH", "HOME"));
        environment.put("LANG", "C.UTF-8");
        environment.put("TMPDIR", temporaryDirectory().toString());
        environment.put(MARKER, marker);
        environment.putAll(builder.settings);
        if (builder.read) {
            command.redirectOutput(folder.resolve("out").toFile());
            command.redirectError(folder.resolve("err").toFile());
        }
        this.process = command.start();
    }

    /** With just these settings, as pairs of names and values. */
    static Builder with(String... settings) {
        return new Builder(settings);
    }

    /** In http mode in front of {@code command}, which listens on {@code functionPort}; stops without a quiet period. */
    static Builder inFrontOf(String command, int functionPort, String... settings) {
        return new Builder(
                        "mode", "http",
                        "fprocess", command,
                        "http_upstream_url", "http://127.0.0.1:" + functionPort,
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0")
                .set(settings);
    }

    /** As {@link #inFrontOf(String, int, String...)}, in front of the function in {@code src/test/functions/app.py}. */
    static Builder inFrontOfPython(String... settings) {
        int port = FreePort.any();
        return inFrontOf(RealFunction.PYTHON.command(port), port, settings);
    }

    /** How a watchdog is started. */
    static final class Builder {
        private final Map<String, String> settings = new HashMap<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private final List<String> launcher = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private List<String> program = List.of();
        private List<Path> classPath = List.of();
        private boolean read = true;
        private int user = -1;

        private Builder(String... settings) {
            set(settings);
        }

        Builder set(String... pairs) {
            for (int i = 0; i < pairs.length; i += 2) {
                settings.put(pairs[i], pairs[i + 1]);
            }
            return this;
        }

        Builder jvm(String... options) {
            jvmOptions.addAll(List.of(options));
            return this;
        }

        /** Nobody reads what the watchdog prints: its pipes fill up. */
        Builder unread() {
            read = false;
            return this;
        }

        /** Hears SIGINT and SIGHUP even where the tests themselves run in the background, with both ignored. */
        Builder interruptible() {
            launcher.addAll(List.of("env", "--default-signal=INT,HUP"));
            return this;
        }

        /** May read no more than its user may, where the tests run as root. */
        Builder withoutPrivileges() {
            if (System.getProperty("user.name").equals("root")) {
                launcher.addAll(List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"));
            }
            return this;
        }

        /** Under a limit of its shell, which the watchdog cannot raise. */
        Builder underLimit(String option, int limit) {
            launcher.addAll(List.of("sh", "-c", "ulimit %s %d && exec \"$@\"".formatted(option, limit), "sh"));
            return this;
        }

        /** Runs as another user, whose processes and threads are this watchdog's and its function's alone. */
        Builder asUser(int id) {
            user = id;
            launcher.addAll(List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"));
            return this;
        }

        /** Runs the main class with these beside the jar, in place of the jar alone. */
        Builder classPath(Path... more) {
            classPath = List.of(more);
            return this;
        }

        /** Starts it, and waits for nothing. */
        WatchdogProcess start() throws IOException {
            return new WatchdogProcess(this);
        }

        /** Starts it, and waits until it is ready. */
        WatchdogProcess startReady() throws IOException {
            WatchdogProcess started = start();
            try {
                started.awaitReady();
                return started;
            } catch (Throwable notReady) {
                started.close();
                throw notReady;
            }
        }

        /** Runs it with command line arguments to its end. */
        Finished run(String... commandLine) throws IOException, InterruptedException {
            arguments.addAll(List.of(commandLine));
            try (WatchdogProcess started = start()) {
                int status = started.awaitExit();
                return new Finished(status, started.out(), started.err());
            }
        }

        /** Runs a program that runs the jar, in place of the JVM with the jar. */
        Builder program(Path file) {
            program = List.of(file.toString());
            return this;
        }

        private List<String> command() {
            List<String> command = new ArrayList<>(launcher);
            command.addAll(program.isEmpty() ? jvmWithJar() : program);
            command.addAll(arguments);
            return command;
        }

        private List<String> jvmWithJar() {
            String home = System.getProperty("watchdog.java.home", System.getProperty("java.home"));
            List<String> command = new ArrayList<>();
            command.add(Path.of(home, "bin", "java").toString());
            command.addAll(jvmOptions);
            String jar = System.getProperty("watchdog.jar");
            if (classPath.isEmpty()) {
                command.addAll(List.of("-jar", jar));
            } else {
                classPath.forEach(part -> command.addAll(List.of("-cp", jar + ":" + part)));
                command.add(Main.class.getName());
            }
            return command;
        }
    }

    /** What a run left: its exit status and the lines that it printed. */
    record Finished(int status, List<String> out, List<String> err) {}

    private void awaitReady() {
        Poll.until(PATIENCE, () -> !alive() || get("/_/ready").statusCode() == 200);
        if (!alive()) {
            throw new IllegalStateException("ended with %d: %s".formatted(process.exitValue(), err()));
        }
    }

    Path temporaryDirectory() {
        return folder.resolve("tmp");
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** For one whose log cannot be asked. */
    void listensOn(int known) {
        port = known;
    }

    int port() {
        if (port == 0) {
            port = reported(PORT);
        }
        return port;
    }

    int metricsPort() {
        return reported(METRICS_PORT);
    }

    private int reported(Pattern line) {
        Matcher matcher = line.matcher(String.join("\n", err()));
        if (!matcher.find()) {
            throw new IllegalStateException("no line yet with a port: " + err());
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** The whole lines on standard output so far. */
    List<String> out() {
        return lines("out");
    }

    /** The whole lines on standard error so far. */
    List<String> err() {
        return lines("err");
    }

    private List<String> lines(String stream) {
        try {
            String printed = Files.readString(folder.resolve(stream), StandardCharsets.UTF_8);
            return printed.substring(0, printed.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a line on either stream that holds {@code text}. */
    String awaitLine(String text) {
        List<String> found = new ArrayList<>();
        Poll.until(PATIENCE, () -> {
            Stream.concat(err().stream(), out().stream())
                    .filter(line -> line.contains(text))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** A connection of bare bytes. */
    RawClient connect() throws IOException {
        return RawClient.to(InetAddress.getLoopbackAddress(), port());
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + target))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return send(request(target));
    }

    /** Sends a signal to the watchdog alone: {@code TERM}, {@code INT}. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, process.pid()))
                .start()
                .waitFor();
    }

    /** Waits for its end, and returns its exit status. */
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still runs after " + PATIENCE + ": " + err());
        }
        return process.exitValue();
    }

    /** The processes that it started, in whatever session and whoever's child, and that still run. */
    List<Long> leftBehind() {
        return ProcessHandle.allProcesses()
                .filter(handle -> handle.pid() != process.pid() && carriesMarker(handle.pid()))
                .map(ProcessHandle::pid)
                .toList();
    }

    private boolean carriesMarker(long pid) {
        try {
            Path variables = Path.of("/proc", Long.toString(pid), "environ");
            return Files.readString(variables, StandardCharsets.ISO_8859_1).contains(MARKER + "=" + marker);
        } catch (IOException goneOrForeign) {
            return false;
        }
    }

    /** The most memory that it ever held, in bytes. */
    long peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        leftBehind().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        process.onExit().join();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
