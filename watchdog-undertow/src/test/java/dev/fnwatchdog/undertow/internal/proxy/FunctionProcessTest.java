package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown.Cause;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The function process of http mode, from its start to its end. Proves specification 3.1, 3.2, 3.47, 3.48. */
class FunctionProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    @TempDir
    private Path folder;

    /** Returns the command that runs a shell script in the test's folder. */
    private String script(String text) throws Exception {
        Path script = Files.writeString(folder.resolve("function.sh"), "cd " + folder + "\n" + text);
        return "sh " + script;
    }

    private boolean exists(String file) {
        return Files.exists(folder.resolve(file));
    }

    private ProcessHandle process(String file) throws Exception {
        Path path = folder.resolve(file);
        Polling.until(PATIENCE, () -> Files.exists(path) && Files.size(path) > 1);
        return ProcessHandle.of(Long.parseLong(Files.readString(path).strip())).orElseThrow();
    }

    private static CompletableFuture<Integer> stop(RunningWatchdog watchdog, Cause cause) {
        return CompletableFuture.supplyAsync(() -> watchdog.stop(cause), work -> new Thread(work).start());
    }

    /** Proves specification 3.1. */
    @Test
    void functionProcessIsStartedOnceForAllRequests() throws Exception {
        String command = script("echo started >> starts\necho $$ > pid\nexec sleep 600");
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "fprocess", command)) {
            ProcessHandle process = process("pid");
            for (int i = 0; i < 20; i++) {
                assertThat(watchdog.get("/").body()).isEqualTo("hi");
            }

            assertThat(folder.resolve("starts")).hasContent("started");
            assertThat(process.isAlive()).isTrue();
        }
    }

    /** Proves specification 3.1. */
    @Test
    void functionGetsHttp11WhateverVersionItsClientSends() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient http10 = watchdog.connect();
                Http2Streams http2 = Http2Streams.of(watchdog)) {
            assertThat(http10.send("GET /old HTTP/1.0\r\n\r\n").readResponse())
                    .contains("\r\n\r\nGET /old HTTP/1.1\r\n");

            int stream = http2.get("/new");
            assertThat(http2.head(stream)).contains(":status: 200");
            assertThat(http2.body(stream)).startsWith("GET /new HTTP/1.1\r\n");
        }
    }

    /** Proves specification 3.2. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void functionProcessHasASessionOfItsOwnAndAStandardInputThatStaysOpen() throws Exception {
        String command =
                script("cut -d ' ' -f 6 /proc/$$/stat > session\necho $$ > pid\nread line\necho ended > ended");
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "fprocess", command)) {
            ProcessHandle process = process("pid");
            assertThat(folder.resolve("session")).hasContent(String.valueOf(process.pid()));

            assertThat(watchdog.get("/").body()).isEqualTo("hi");
            assertThat(process.isAlive()).isTrue();
            assertThat(exists("ended")).isFalse();
        }
    }

    /** Proves specification 3.47. */
    @Test
    void functionProcessThatExitsDuringAShutdownIsNoErrorAndTheExitStatusIs0() throws Exception {
        String command = script("echo $$ > pid\nwhile [ ! -e exit ]; do sleep 0.01; done\nexit 3");
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "fprocess", command, "healthcheck_interval", "1s", "write_timeout", "30s")) {
            ProcessHandle process = process("pid");
            CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGTERM);
            watchdog.log().awaitLine("SIGTERM: no new connections in 1s");
            Files.createFile(folder.resolve("exit"));

            process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(stopping.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
            assertThat(watchdog.log().contains("Forked function has terminated"))
                    .isFalse();
            assertThat(watchdog.watchdog().functionEnded().toCompletableFuture())
                    .isNotDone();
        }
    }

    /** Proves specification 3.48. */
    @Test
    void functionProcessAloneGetsSigtermAndIsKilledWithItsProcessTreeAfter5Seconds() throws Exception {
        Files.writeString(
                folder.resolve("child.sh"),
                "trap 'touch child-got-sigterm' TERM\necho $$ > child\nwhile :; do sleep 0.01; done");
        String command =
                script("sh child.sh &\ntrap 'touch got-sigterm' TERM\necho $$ > pid\nwhile :; do sleep 0.01; done");
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "fprocess", command, "write_timeout", "30s")) {
            ProcessHandle process = process("pid");
            ProcessHandle child = process("child");

            long begin = System.nanoTime();
            assertThat(stop(watchdog, Cause.SIGINT).get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isZero();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(GRACE, GRACE.multipliedBy(2));
            assertThat(exists("got-sigterm")).isTrue();
            assertThat(exists("child-got-sigterm")).isFalse();
            Polling.until(PATIENCE, () -> !process.isAlive() && !child.isAlive());
        }
    }
}
