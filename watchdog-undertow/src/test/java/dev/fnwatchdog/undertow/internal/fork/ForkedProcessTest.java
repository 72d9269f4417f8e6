package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each request has a process, whose input and output are the two bodies. Proves specification 2.16, 4.1, 4.6 to 4.9,
 * 4.13, 4.16, 9.1, 9.5, 9.6.
 */
class ForkedProcessTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    /** Proves specification 4.6, 4.13, 4.16. */
    @ParameterizedTest
    @EnumSource
    void theOutputOfAProcessIsTheBodyOfItsResponse(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo hello");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(GET).readWhole())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("\r\nContent-Type: application/octet-stream\r\n")
                        .endsWith("\r\n\r\nhello\n");
            }
        }
    }

    /** Proves specification 4.13, 4.16. */
    @ParameterizedTest
    @EnumSource
    void theBodyOfARequestIsTheInputOfItsProcess(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat")) {
            for (int i = 0; i < 20; i++) {
                assertThat(watchdog.send(watchdog.request("/")
                                        .POST(BodyPublishers.ofString("body " + i))
                                        .build())
                                .body())
                        .isEqualTo("body " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theResponseOfAProcessWithoutOutputHasContentLengthZero(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("true");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(GET).readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("\r\nContent-Length: 0\r\n");
            }
        }
    }

    /** Proves specification 4.6. */
    @ParameterizedTest
    @EnumSource
    void everyResponseOfAProcessHasTheConfiguredContentType(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo {}", "content_type", "application/json")) {
            assertThat(watchdog.get("/").headers().allValues("Content-Type")).containsExactly("application/json");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theResponseOfAProcessToHeadHasNoBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo hello");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n");
            }
            assertThat(client.send(GET).readWhole()).endsWith("hello\n");
            watchdog.log().awaitLine("HEAD / - 200 - ContentLength: 0B");
        }
    }

    /** Proves specification 9.6. */
    @ParameterizedTest
    @EnumSource
    void anHttp10ClientGetsTheOutputOfAProcessWithoutChunkFraming(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("cat; sleep 0.05; echo more");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.0 200 OK\r\n")
                    .doesNotContain("Transfer-Encoding")
                    .endsWith("\r\n\r\nabcmore\n");
        }
    }

    /** Proves specification 9.1. */
    @ParameterizedTest
    @EnumSource
    void twoHttp2StreamsAreServedByProcessesAtTheSameTime(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.request(1, 0, "POST", "/");
            client.request(3, 0, "POST", "/");
            client.data(3, 0, "three");
            client.data(1, Http2Frames.END_STREAM, "one");
            client.data(3, Http2Frames.END_STREAM, ", and more");
            var responses = client.responses(1, 3);
            assertThat(responses.get(1)).contains(":status: 200").endsWith("one");
            assertThat(responses.get(3)).contains(":status: 200").endsWith("three, and more");
        }
    }

    /** Proves specification 4.9. */
    @ParameterizedTest
    @EnumSource
    void aClientOfAProcessThatExpects100ContinueGetsItAndSendsItsBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("ab").readWhole())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("ab");
        }
    }

    /** Proves specification 4.9. */
    @ParameterizedTest
    @EnumSource
    void connectToAProcessIs405(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat");
                RawClient client = watchdog.connect()) {
            assertThat(client.send("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n")
                            .readHead())
                    .startsWith("HTTP/1.1 405 ");
        }
    }

    /** Proves specification 4.9. */
    @ParameterizedTest
    @EnumSource
    void aProcessServesAnUpgradeAsAnyOtherRequest(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo hello");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.readWhole()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hello\n");
        }
    }

    /** Proves specification 9.5. */
    @ParameterizedTest
    @EnumSource
    void pipelinedRequestsToProcessesGetTheirResponsesInOrder(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na"
                    + "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n" + GET);

            assertThat(client.readWhole()).endsWith("\r\n\r\na");
            assertThat(client.readWhole()).endsWith("\r\n\r\nb");
            assertThat(client.readWhole()).endsWith("\r\n\r\n");
        }
    }

    /** Proves specification 4.7. */
    @ParameterizedTest
    @EnumSource
    void aProcessThatDoesNotReadItsInputIsNoError(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo unread");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
                        .send(new byte[1_000_000]);
                assertThat(client.readWhole()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("unread\n");
            }
        }
    }

    /** Proves specification 4.1. */
    @ParameterizedTest
    @EnumSource
    void manyProcessesServeTheirRequestsAtTheSameTime(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("read x; sleep 0.2; echo $x")) {
            List<CompletableFuture<String>> responses = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                int number = i;
                responses.add(CompletableFuture.supplyAsync(
                        () -> {
                            try (RawClient client = watchdog.connect()) {
                                return client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n%02d\n"
                                                .formatted(number))
                                        .readWhole();
                            } catch (java.io.IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        },
                        work -> new Thread(work).start()));
            }
            for (int i = 0; i < 64; i++) {
                assertThat(responses.get(i).join()).endsWith("\r\n\r\n%02d\n".formatted(i));
            }
        }
    }

    /** Proves specification 2.16, 4.8. */
    @ParameterizedTest
    @CsvSource({
        "nosuch-command, no such file or directory",
        "/nosuch/command, no such file or directory",
        "/etc/passwd, permission denied"
    })
    void aProcessThatCannotBeStartedIs500WithTheCommandAndTheReason(String command, String reason) throws Exception {
        for (ForkingWatchdog mode : ForkingWatchdog.values()) {
            try (RunningWatchdog watchdog = mode.starting(command, "max_inflight", "1");
                    RawClient client = watchdog.connect()) {
                for (int i = 0; i < 2; i++) {
                    assertThat(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na")
                                    .readWhole())
                            .startsWith("HTTP/1.1 500 ")
                            .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n")
                            .endsWith("\r\n\r\ncannot start \"%s\": %s".formatted(command, reason));
                }
                watchdog.log().awaitLine("cannot start \"%s\": %s".formatted(command, reason));
                watchdog.log().awaitLine("POST / - 500 - ContentLength: ");
                assertThat(watchdog.metric("watchdog_forks_failed_total")).isEqualTo(2);
            }
        }
    }

    @Test
    void threadsCopyBytesOnlyWhenProcessesCannotOpenThePipesOfTheWatchdog() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.starting("cat")) {
            watchdog.get("/");
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("watchdog-pump"));
        }
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING_PUMPED.starting("cat")) {
            watchdog.get("/");
            assertThat(Thread.getAllStackTraces().keySet())
                    .anyMatch(thread -> thread.getName().startsWith("watchdog-pump"));
        }
    }
}
