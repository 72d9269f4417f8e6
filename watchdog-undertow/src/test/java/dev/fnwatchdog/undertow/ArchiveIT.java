package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog.Finished;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Has the packaged jar write archives of its classes, and starts it with them. */
@Timeout(240)
class ArchiveIT {
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final Pattern WRITTEN = Pattern.compile(
            "(/\\S+) is written \\([\\d.]+MB\\): start the JVM with (-XX:(?:SharedArchiveFile|AOTCache)=(\\S+))");
    private static final Pattern FROM_JAR = Pattern.compile(".*\\b(dev\\.fnwatchdog\\.\\S+) source: (?:file|jar):.*");
    // The JVM of Java 17 to 21 does not archive a class that refers to others which it does not have.
    private static final String NEEDS_JAVA_22 = "dev.fnwatchdog.core.process.posix.LibC";

    @TempDir
    private Path folder;

    private Path archives;

    @BeforeEach
    void makeFolders() throws IOException {
        archives = Files.createDirectory(folder.resolve("archives"));
        Files.writeString(Files.createDirectory(folder.resolve("public")).resolve("index.html"), "hello");
    }

    private Path archive() {
        return archives.resolve("watchdog.archive");
    }

    private PackagedWatchdog.Builder command(String... settings) {
        return PackagedWatchdog.with(settings).patience(PATIENCE);
    }

    /** Settings of each mode, with a function that no test machine has. */
    private PackagedWatchdog.Builder inMode(String mode) throws IOException {
        PackagedWatchdog.Builder builder = command("mode", mode);
        return switch (mode) {
            case "http" -> builder.set("fprocess", "no-such-function", "http_upstream_url", "http://127.0.0.1:1");
            case "static" -> builder.set("static_path", folder.resolve("public").toString());
            case "inproc" -> builder.set("handler", "com.example.Handler", "function_path", handler());
            default -> builder.set("fprocess", "no-such-function");
        };
    }

    /** A handler that writes down its JVM's options and its requests. */
    private String handler() throws IOException {
        Path jar = folder.resolve("function.jar");
        if (!Files.exists(jar)) {
            new FunctionJar().source("com.example.Handler", """
                            package com.example;
                            import java.nio.file.*;
                            public final class Handler implements io.undertow.server.HttpHandler {
                                private static final Path FOLDER = Path.of(System.getenv("NOTES"));
                                public Handler() throws java.io.IOException {
                                    Files.write(FOLDER.resolve("options"),
                                            java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
                                }
                                @Override
                                public void handleRequest(io.undertow.server.HttpServerExchange exchange) throws Exception {
                                    Files.writeString(FOLDER.resolve("requests"), exchange.getRequestPath() + "\\n",
                                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                                }
                            }
                            """).write(folder, "function.jar");
        }
        return jar.toString();
    }

    /** Returns the option that uses the archive, as the only line that was printed has it. */
    private String written(Finished run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        Matcher line = WRITTEN.matcher(String.join("\n", run.out()));
        assertThat(line.matches()).as("%s", run.out()).isTrue();
        assertThat(line.group(1)).isEqualTo(archive().toString()).isEqualTo(line.group(3));
        assertThat(archives.toFile().list()).containsExactly("watchdog.archive");
        return line.group(2);
    }

    /** Returns the function's process of each mode where the archive is used. */
    private static String[] served(String mode, ScriptedFunction function) {
        return switch (mode) {
            case "http" ->
                new String[] {"fprocess", "sleep 600", "http_upstream_url", "http://127.0.0.1:" + function.port()};
            case "streaming", "serializing" -> new String[] {"fprocess", "cat"};
            default -> new String[0];
        };
    }

    /** Proves specification 14.1, 14.3, 14.4 and 14.6. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "streaming", "serializing", "static", "inproc"})
    void aStartWithTheArchiveLoadsNoClassOfTheWatchdogFromTheJar(String mode) throws Exception {
        String notes = folder.toString();
        PackagedWatchdog.Builder command = inMode(mode).set("NOTES", notes);
        // In mode inproc the request's classes are loaded by nothing else.
        String option = written(command.run("--archive", archive().toString(), "/"));
        if (mode.equals("inproc")) {
            assertThat(folder.resolve("requests")).hasContent("/\n");
        }

        Path loaded = folder.resolve("loaded");
        try (ScriptedFunction function = ScriptedFunction.respondingWith("HTTP/1.1 204 No Content\r\n\r\n");
                PackagedWatchdog watchdog = inMode(mode)
                        .set("port", "0", "metrics_port", "0", "healthcheck_interval", "0", "NOTES", notes)
                        .set(served(mode, function))
                        .jvm(option, "-Xlog:class+load:file=" + loaded)
                        .startReady()) {
            assertThat(watchdog.get("/").statusCode()).isIn(200, 204);
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);
            assertThat(watchdog.out()).noneMatch(line -> line.contains("warning"));
        }
        List<String> lines = Files.readAllLines(loaded);
        assertThat(lines).anyMatch(line -> line.contains("dev.fnwatchdog.undertow.Main source: shared objects file"));
        assertThat(lines.stream()
                        .map(FROM_JAR::matcher)
                        .filter(Matcher::matches)
                        .map(line -> line.group(1)))
                .isSubsetOf(Runtime.version().feature() < 22 ? List.of(NEEDS_JAVA_22) : List.of());
    }

    /** Proves specification 14.2 and 14.6. */
    @Test
    void aHandlerIsLoadedWithTheOptionsOfTheJvmAndOfItsEnvironmentOnceAndGetsNoRequest() throws Exception {
        Finished run = inMode("inproc")
                .set("NOTES", folder.toString(), "JDK_JAVA_OPTIONS", "-Dof.environment=1")
                .jvm("-XX:+UseSerialGC", "-Xmx96m")
                .run("-archive", archive().toString());

        assertThat(run.status()).as("%s", run.err()).isZero();
        assertThat(Files.readAllLines(folder.resolve("options")))
                .contains("-XX:+UseSerialGC", "-Xmx96m")
                .containsOnlyOnce("-Dof.environment=1");
        assertThat(folder.resolve("requests")).doesNotExist();
    }

    private static void assertFailure(Finished run, String reason) {
        assertThat(run.status()).isOne();
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .singleElement()
                .asString()
                .startsWith("no archive: ")
                .contains(reason);
    }

    /** Proves specification 14.5. */
    @Test
    void aFunctionThatCannotStartIsOneLineAndLeavesNothing() throws Exception {
        Finished run = inMode("inproc")
                .set("handler", "com.example.None", "log_format", "json")
                .run("--archive", archive().toString());

        assertFailure(run, "com.example.None");
        assertThat(archives).isEmptyDirectory();
    }

    /** Proves specification 14.5. */
    @Test
    void aFolderThatIsMissingOrCannotBeWrittenIsOneLine() throws Exception {
        assertFailure(
                inMode("static").run("--archive", archives.resolve("none/a").toString()),
                "there is no folder " + archives.resolve("none"));
        Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString("r-xr-xr-x"));
        assertFailure(
                inMode("static").withoutPrivileges().run("--archive", archive().toString()),
                archive() + " cannot be written: permission denied");
    }

    /** Proves specification 14.5. */
    @Test
    @EnabledForJreRange(max = JRE.JAVA_24, disabledReason = "an AOT cache is not built on the archive of the JDK")
    void aJavaWithoutAnArchiveOfItsOwnClassesIsToldHowToMakeOne() throws Exception {
        Finished run = inMode("static")
                // For which the JDK's archive is not made.
                .jvm("-XX:ObjectAlignmentInBytes=16")
                .run("--archive", archive().toString());

        assertFailure(run, "java -Xshare:dump first");
        assertThat(archives).isEmptyDirectory();
    }

    /** Proves specification 14.5. */
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void aSignalEndsTheTrainingAndLeavesNothing(String signal) throws Exception {
        try (PackagedWatchdog run = inMode("http")
                .interruptible()
                .arguments("--archive", archive().toString())
                .start()) {
            Polling.until(PATIENCE, () -> !run.alive() || hasStarted());

            run.signal(signal);

            assertThat(run.awaitExit()).isOne();
            assertThat(run.err()).containsExactly("no archive: a signal has ended it");
            assertThat(run.remainingDescendants()).isEmpty();
            assertThat(archives).isEmptyDirectory();
            assertThat(run.temporaryDirectory()).isEmptyDirectory();
        }
    }

    /** Returns whether the watchdog that is trained has printed a line. */
    private boolean hasStarted() {
        try (Stream<Path> files = Files.walk(archives)) {
            return files.anyMatch(
                    file -> file.endsWith("output") && file.toFile().length() > 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Proves specification 14.5. */
    @Test
    void wrongSettingsAreALineForEach() throws Exception {
        Finished run = command("mode", "http", "max_inflight", "many")
                .run("--archive", archive().toString());

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("max_inflight=\"many\" cannot be used"))
                .anyMatch(line -> line.startsWith("fprocess is not set"));
        assertThat(List.of(archives.toFile().list())).isEmpty();
    }
}
