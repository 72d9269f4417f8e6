package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packaged jar when the JVM cannot go on, and {@code --run-healthcheck} on a watchdog that does not serve. Proves
 * specification 1.22, 7.23.
 */
class FatalErrorsIT {
    private static final String HANDLER = """
            package com.example;
            import io.undertow.server.*;
            public final class Failing implements HttpHandler {
                public void handleRequest(HttpServerExchange exchange) {
                    switch (exchange.getRequestPath()) {
                        case "/deep" -> deeper(0);
                        case "/full" -> fill();
                        case "/dispatched" -> exchange.dispatch(() -> fill());
                        case "/thread" -> new Thread(Failing::fill).start();
                        default -> exchange.getResponseSender().send("served");
                    }
                }
                static int deeper(int depth) { return deeper(depth + 1) + 1; }
                static void fill() {
                    java.util.List<byte[]> all = new java.util.ArrayList<>();
                    while (true) { all.add(new byte[100_000]); }
                }
            }
            """;

    @TempDir
    private Path folder;

    private PackagedWatchdog.Builder failing() throws Exception {
        Path jar = new FunctionJar().source("com.example.Failing", HANDLER).write(folder, "failing.jar");
        return PackagedWatchdog.with(
                        "mode", "inproc",
                        "handler", "com.example.Failing",
                        "function_path", jar.toString(),
                        "port", "0",
                        "metrics_port", "0")
                .jvm("-Xmx64m");
    }

    private static int healthcheck(PackagedWatchdog watchdog) throws Exception {
        return PackagedWatchdog.with("TMPDIR", watchdog.temporaryDirectory().toString())
                .run("--run-healthcheck")
                .status();
    }

    /** Proves specification 7.23. */
    @ParameterizedTest
    @ValueSource(strings = {"/full", "/dispatched", "/thread"})
    void watchdogEndsWithStatus3AndRemovesItsLockFileWhenMemoryRunsOut(String path) throws Exception {
        try (PackagedWatchdog watchdog = failing().startReady();
                RawClient client = watchdog.connect()) {
            client.send("GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(path));

            assertThat(watchdog.awaitExit()).isEqualTo(3);
            assertThat(watchdog.err().stream()
                            .filter(line -> line.contains("The watchdog ends: java.lang.OutOfMemoryError")))
                    .hasSize(1);
            assertThat(Files.exists(watchdog.temporaryDirectory().resolve(".lock")))
                    .isFalse();
        }
    }

    /** Proves specification 5.20 for {@code StackOverflowError}. */
    @Test
    void stackOverflowInAHandlerIs500AndTheWatchdogGoesOn() throws Exception {
        try (PackagedWatchdog watchdog = failing().startReady()) {
            assertThat(watchdog.get("/deep").statusCode()).isEqualTo(500);
            assertThat(watchdog.get("/").body()).isEqualTo("served");
        }
    }

    /** Proves specification 1.22. */
    @Test
    void healthcheckFailsAfterTheProcessThatWroteTheLockFileWasKilled() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython().startReady()) {
            assertThat(healthcheck(watchdog)).isZero();
            watchdog.signal("KILL");
            watchdog.awaitExit();

            PackagedWatchdog.Finished after = PackagedWatchdog.with(
                            "TMPDIR", watchdog.temporaryDirectory().toString())
                    .run("--run-healthcheck");

            assertThat(after.status()).isOne();
            assertThat(after.err()).singleElement().asString().contains("is no longer running");
        }
    }

    /** Proves specification 1.22. */
    @Test
    void healthcheckFailsWhileTheProcessThatHoldsTheLockFileDoesNotRespond() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython().startReady()) {
            watchdog.signal("STOP");

            assertThat(healthcheck(watchdog)).isOne();
            watchdog.signal("CONT");
            assertThat(healthcheck(watchdog)).isZero();
        }
    }
}
