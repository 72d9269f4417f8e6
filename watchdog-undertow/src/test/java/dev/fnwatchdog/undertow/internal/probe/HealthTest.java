package dev.fnwatchdog.undertow.internal.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@code /_/health} and the lock file. Proves specification 2.1, 2.2, 2.7, 2.20, 3.10, 6.2. */
class HealthTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    @TempDir
    private Path temporary;

    private RunningWatchdog withLockFile(ScriptedFunction function) throws Exception {
        return RunningWatchdog.inFrontOf(function, "suppress_lock", "false", "TMPDIR", temporary.toString());
    }

    /** Proves specification 2.1, 2.20. */
    @Test
    void healthIs200WithSuppressLockAndNoLockFileIsWritten() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "suppress_lock", "true", "TMPDIR", temporary.toString());
                RawClient client = watchdog.connect()) {
            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nOK");
            assertThat(temporary).isEmptyDirectory();
        }
    }

    /** Proves specification 2.20. */
    @Test
    void aLockFileThatAnotherWatchdogHoldsIsNamedAtStartup() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog first = withLockFile(function)) {
            assertThat(first.log().lines()).noneMatch(line -> line.contains("held by another watchdog"));

            try (RunningWatchdog second = withLockFile(function)) {
                second.log()
                        .awaitLine("The lock file %s is held by another watchdog, on port %d, and is replaced."
                                .formatted(temporary.resolve(".lock"), first.port()));
            }
        }
    }

    /** Proves specification 2.1. */
    @Test
    void healthRespondsToHeadWithoutABody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("HEAD /_/health HTTP/1.1\r\nHost: h\r\n\r\nGET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n").contains("\r\nContent-Length: 2\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("OK");
        }
    }

    /** Proves specification 2.1. */
    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"})
    void healthIs405ForOtherMethods(String method) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(method + " /_/health HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 405 ").contains("\r\nAllow: GET, HEAD\r\n");
            assertThat(function.connections()).isZero();
        }
    }

    /** Proves specification 2.7, 3.10. */
    @Test
    void onlyTheExactHealthPathIsNotForwardedToTheFunction() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET http://h/_/health?verbose HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).endsWith("OK");

            for (String other : new String[] {"/_/health/", "/_/HEALTH", "/%5F/health", "/_//health", "/_/healthy"}) {
                client.send("GET " + other + " HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readResponse()).as(other).endsWith("hi");
            }
        }
    }

    /** Proves specification 2.1, 2.2, 2.20, 6.2. */
    @Test
    void healthAndReadinessDependOnTheLockFile() throws Exception {
        Path lockFile = temporary.resolve(".lock");
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = withLockFile(function)) {
            assertThat(lockFile).content().isEqualToIgnoringNewLines(Integer.toString(watchdog.port()));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lockFile)))
                    .isEqualTo("rw-rw----");
            assertThat(watchdog.log().awaitLine("Writing lock-file to: " + lockFile))
                    .isNotEmpty();
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);

            Files.delete(lockFile);
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(503);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);
            assertThat(watchdog.get("/call").statusCode()).isEqualTo(200);

            Files.createFile(lockFile);
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
        }
        assertThat(lockFile).doesNotExist();
    }

    /** Proves specification 2.7. */
    @Test
    void healthAndReadinessProbesAreNeitherCountedNorLogged() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            watchdog.get("/_/health");
            watchdog.get("/_/ready");
            HttpRequest post = watchdog.request("/_/health")
                    .POST(HttpRequest.BodyPublishers.ofString("body"))
                    .build();
            watchdog.send(post);
            watchdog.get("/call");

            assertThat(watchdog.metrics())
                    .contains("http_requests_total{code=\"200\",method=\"get\"} 1\n")
                    .doesNotContain("code=\"405\"")
                    .doesNotContain("method=\"post\"");
            watchdog.log().awaitLine("GET /call");
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("/_/"));
        }
    }
}
