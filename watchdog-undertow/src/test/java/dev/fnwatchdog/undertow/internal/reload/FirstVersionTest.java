package dev.fnwatchdog.undertow.internal.reload;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.inproc;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replace;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replaceableMode;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.server;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.streaming;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a replaceable function whose first version cannot be served. Proves specification 7.28, 13.8. */
class FirstVersionTest {
    private static final Map<String, String> WORKING = inproc(Working.class);

    @TempDir
    private Path folder;

    /** A handler that can be called. */
    public static final class Working implements HttpHandler {
        @Override
        public void handleRequest(HttpServerExchange exchange) {
            exchange.getResponseSender().send("works");
        }
    }

    /** A handler whose constructor fails. */
    public static final class Throwing implements HttpHandler {
        public Throwing() {
            throw new IllegalStateException("no database");
        }

        @Override
        public void handleRequest(HttpServerExchange exchange) {
            exchange.getResponseSender().send("never");
        }
    }

    private static void assertThatTheStackTraceIsShown(RunningWatchdog watchdog) throws Exception {
        assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
        assertThat(watchdog.get("/").body())
                .contains("no database")
                .containsPattern("at .*Throwing\\.<init>\\(FirstVersionTest\\.java:\\d+\\)");
        watchdog.log().awaitLine("FirstVersionTest.java:");
    }

    @Test
    void aFirstVersionWhoseConstructorThrowsIsShownWithItsStackTraceAndReplaced() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(inproc(Throwing.class))) {
            assertThatTheStackTraceIsShown(watchdog);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);

            replace(watchdog, WORKING);
            assertThat(watchdog.get("/").body()).isEqualTo("works");
        }
    }

    @Test
    void aNextVersionWhoseConstructorThrowsIsShownWithItsStackTrace() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(WORKING)) {
            replace(watchdog, inproc(Throwing.class));

            assertThatTheStackTraceIsShown(watchdog);
        }
    }

    @Test
    void aFunctionThatIsNotBuiltIsNotStartedBeforeItIsReplaced() throws Exception {
        try (RunningWatchdog watchdog =
                DevelopedFunction.start(ReplaceableMode.FirstVersion.UNBUILT, streaming("echo stale"))) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
            assertThat(watchdog.get("/").body()).isEqualTo("The function has not been built.\n");
            replaceableMode(watchdog).fail("A.java:1: not a word");
            assertThat(watchdog.get("/").body()).isEqualTo("A.java:1: not a word\n");

            replace(watchdog, streaming("echo built"));
            assertThat(watchdog.get("/").body()).isEqualTo("built\n");
        }
    }

    @Test
    void theReasonOfTheCompilerStaysWhenTheOlderVersionOfAServerEnds() throws Exception {
        Path running = Files.createFile(folder.resolve("running"));
        String command = "sh -c 'while [ -e %s ]; do sleep 0.02; done'".formatted(running);
        try (ScriptedFunction function = ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\n\r\n");
                RunningWatchdog watchdog = DevelopedFunction.start(server(function.port(), command))) {
            replaceableMode(watchdog).fail("A.java:1: not a word");
            Files.delete(running);
            watchdog.log().awaitLine("Forked function has terminated");

            assertThat(watchdog.get("/").body()).isEqualTo("A.java:1: not a word\n");
        }
    }

    @Test
    void aVersionThatEndsAtOnceIsNotAnnouncedAsServing() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\n\r\n");
                RunningWatchdog watchdog = DevelopedFunction.start(server(function.port(), "sleep 600"))) {
            function.close();
            replace(watchdog, server(function.port(), "sh -c 'exit 3'"));

            watchdog.log().awaitLine("Forked function has terminated: exit status 3");
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("Serving the next version"));
        }
    }
}
