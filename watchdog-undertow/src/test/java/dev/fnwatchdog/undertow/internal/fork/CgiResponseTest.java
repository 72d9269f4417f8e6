package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** With {@code cgi_response} an output begins with the fields of its response. Proves specification 4.19. */
class CgiResponseTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final int LIMIT = 64 * 1024;

    private static RunningWatchdog printing(ForkingWatchdog mode, String output) throws Exception {
        return mode.running("printf \"" + output + "\"", "cgi_response", "true", "content_type", "text/x-default");
    }

    private static String responseTo(ForkingWatchdog mode, String request, String output) throws Exception {
        try (RunningWatchdog watchdog = printing(mode, output);
                RawClient client = watchdog.connect()) {
            String response = client.send(request).readWhole();
            // The connection is fit for a second request.
            assertThat(client.send(request).readWhole().lines().findFirst())
                    .isEqualTo(response.lines().findFirst());
            return response;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDocumentHasTheStatusAndFieldsThatItsProcessPrints(ForkingWatchdog mode) throws Exception {
        String response = responseTo(
                mode,
                GET,
                "Status: 404 Not Here\\nContent-Type: text/plain\\r\\nSet-Cookie: a=1\\nSet-Cookie: b=2\\nX-Empty:\\n\\nno");

        assertThat(response)
                .startsWith("HTTP/1.1 404 Not Here\r\n")
                .contains(
                        "\r\nContent-Type: text/plain\r\n",
                        "\r\nSet-Cookie: a=1\r\n",
                        "\r\nSet-Cookie: b=2\r\n",
                        "\r\nX-Empty: \r\n")
                .doesNotContain("Status:")
                .endsWith("no");
    }

    /** In Latin-1, which HTTP's fields are read in, the second byte of the letter is a control character that ends a line. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void aReasonPhraseMayContainAnyLetterOfUtf8(ForkingWatchdog mode) throws Exception {
        assertThat(responseTo(mode, GET, "Status: 404 \\303\\205h\\n\\nbody"))
                .startsWith("HTTP/1.1 404 \u00C3\u0085h\r\n")
                .endsWith("body");
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void statusAndTypeHaveDefaultsWhereOnlyAnotherFieldIsPrinted(ForkingWatchdog mode) throws Exception {
        assertThat(responseTo(mode, GET, "X-A: 1\\n\\n\\nbody"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nX-A: 1\r\n", "\r\nContent-Type: text/x-default\r\n")
                .endsWith("\nbody");
    }

    @ParameterizedTest
    @CsvSource({
        "STREAMING, /a?b, 302 Found",
        "SERIALIZING, /a?b, 302 Found",
        "STREAMING, https://h.example/x, 302 Found",
        "SERIALIZING, https://h.example/x, 302 Found"
    })
    void aLocationWithoutAStatusIsARedirectThatTheClientFollows(ForkingWatchdog mode, String target, String status)
            throws Exception {
        assertThat(responseTo(mode, GET, "Location: " + target + "\\n\\n"))
                .startsWith("HTTP/1.1 " + status + "\r\n")
                .contains("\r\nLocation: " + target + "\r\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void aRedirectWithADocumentHasItsOwnStatusAndBody(ForkingWatchdog mode) throws Exception {
        assertThat(responseTo(mode, GET, "Location: https://h/\\nStatus: 307\\nContent-Type: text/html\\n\\n<p>moved"))
                .startsWith("HTTP/1.1 307 Temporary Redirect\r\n")
                .contains("\r\nLocation: https://h/\r\n", "\r\nContent-Type: text/html\r\n")
                .endsWith("<p>moved");
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void hopByHopAndFramingFieldsOfTheOutputAreNotSent(ForkingWatchdog mode) throws Exception {
        String response = responseTo(
                mode,
                GET,
                "Content-Type: text/plain\\nContent-Length: 99\\nTransfer-Encoding: gzip\\nConnection: close, x-hop\\nX-Hop: 1"
                        + "\\nKeep-Alive: 1\\nUpgrade: h2c\\nContent-Encoding: gzip\\n\\nbody");

        assertThat(response)
                .doesNotContain(
                        "Content-Length: 99", "x-hop", "X-Hop", "Keep-Alive", "Upgrade", "Transfer-Encoding: gzip")
                .contains("\r\nContent-Encoding: gzip\r\n")
                .endsWith("\r\n\r\nbody");
    }

    @ParameterizedTest
    @CsvSource({
        "STREAMING, 204 No Content",
        "SERIALIZING, 204 No Content",
        "STREAMING, 304 Not Modified",
        "SERIALIZING, 304 Not Modified"
    })
    void aStatusWithoutABodyHasNeitherTypeNorLengthAndTheBodyIsDropped(ForkingWatchdog mode, String status)
            throws Exception {
        try (RunningWatchdog watchdog = printing(mode, "Status: " + status + "\\nETag: 1\\n\\nsome body");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(GET).readHead())
                        .startsWith("HTTP/1.1 " + status + "\r\n")
                        .contains("\r\nETag: 1\r\n")
                        .doesNotContain("Content-Length", "Transfer-Encoding", "Content-Type");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void theResponseToHeadAnnouncesTheLengthThatTheOutputNames(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = printing(mode, "Content-Type: text/plain\\nContent-Length: 123\\n\\n");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(HEAD).readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("\r\nContent-Length: 123\r\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void theResponseToHeadAnnouncesNoLengthWhereTheOutputNamesNoneAndHasNoBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = printing(mode, "Content-Type: text/plain\\n\\n");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(HEAD).readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .doesNotContain("Content-Length", "Transfer-Encoding");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aStreamedResponseBeginsWithTheEmptyLineAndContinuesAsTheOutputDoes(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(
                        "printf \"Status: 202\\nContent-\"; read a; printf \"Type: text/plain\\n\\n\"; read a; echo one; read a; echo two",
                        "cgi_response",
                        "1");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("1\r\n\n\r\n");

            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 202 Accepted\r\n")
                    .contains("\r\nContent-Type: text/plain\r\n");
            client.send("1\r\n\n\r\n").readUntil("one\n\r\n");
            client.send("1\r\n\n\r\n");
            assertThat(client.readUntil("0\r\n\r\n")).contains("two\n");
            client.send("0\r\n\r\n");
        }
    }

    private static String bodiless(String kind) {
        return kind.substring(0, kind.indexOf(' ')) + " / HTTP/1.1\r\nHost: h\r\n\r\n";
    }

    private static String fields(String kind) {
        return "printf \"Status: " + status(kind) + "\\n\\n\"; ";
    }

    private static String status(String kind) {
        return kind.substring(kind.indexOf(' ') + 1);
    }

    /** Proves specification 4.13, 7.2. */
    @ParameterizedTest
    @CsvSource({
        "STREAMING, HEAD 200",
        "STREAMING, GET 204",
        "STREAMING, GET 304",
        "STREAMING_PUMPED, HEAD 200",
        "STREAMING_PUMPED, GET 204"
    })
    void aClientCanSendItsNextRequestWhenAResponseWithoutABodyEndsThoughItsProcessPrintsOn(
            ForkingWatchdog mode, String kind) throws Exception {
        try (RunningWatchdog watchdog = mode.running(
                        fields(kind) + "head -c 300000 /dev/zero", "cgi_response", "1", "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(bodiless(kind)).readHead()).startsWith("HTTP/1.1 " + status(kind));
            }
            // Whatever was printed, and was not sent, is no failure.
            watchdog.awaitIdle();
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("ERROR") || line.contains("failed"));
        }
    }

    /** Proves specification 4.13, 7.2. */
    @ParameterizedTest
    @CsvSource({
        "STREAMING, HEAD 200",
        "STREAMING, GET 204",
        "STREAMING, GET 304",
        "STREAMING_PUMPED, HEAD 200",
        "STREAMING_PUMPED, GET 204"
    })
    void aResponseWithoutABodyComesThoughItsProcessHoldsItsOutputAndKeepsThePermit(ForkingWatchdog mode, String kind)
            throws Exception {
        Sleeper sleeper = new Sleeper();
        try (RunningWatchdog watchdog = mode.running(
                        "[ $Http_Path = /next ] && exit 0; " + fields(kind) + "exec " + sleeper.command(),
                        "cgi_response",
                        "1",
                        "exec_timeout",
                        "5s",
                        "max_inflight",
                        "1");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(bodiless(kind)).readHead()).startsWith("HTTP/1.1 " + status(kind));
            sleeper.awaitStart();
            // The connection is free, the permit is not: there are never more processes than permits.
            assertThat(client.send(GET).readWhole()).startsWith("HTTP/1.1 429 ");

            watchdog.log().awaitLine("Function was killed by ExecTimeout: 5s");
            sleeper.awaitEnd();
            Polling.until(Duration.ofSeconds(10), () -> watchdog.get("/next").statusCode() == 500);
        }
    }

    /** Proves specification 4.13, 7.2. */
    @ParameterizedTest
    @CsvSource({"STREAMING, HEAD 200", "STREAMING_PUMPED, HEAD 200", "STREAMING, GET 204"})
    void aProcessThatPrintsOnAndOnBehindAResponseWithoutABodyEndsBySigpipe(ForkingWatchdog mode, String kind)
            throws Exception {
        try (RunningWatchdog watchdog = mode.running(
                        "[ $Http_Path = /next ] && exit 0; " + fields(kind) + "exec cat /dev/zero",
                        "cgi_response",
                        "1",
                        "exec_timeout",
                        "0",
                        "max_inflight",
                        "1");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(bodiless(kind)).readHead()).startsWith("HTTP/1.1 " + status(kind));

            Polling.until(Duration.ofSeconds(10), () -> watchdog.get("/next").statusCode() == 500);
            watchdog.log().awaitLine("Function process failed: signal: broken pipe");
        }
    }

    /** Proves specification 4.13. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theResponseToHeadOfAnOutputWithoutFieldsEndsThoughItGoesOn(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("[ $Http_Path = /on ] && exec cat /dev/zero; echo end");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(HEAD).readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("\r\nContent-Length: 4\r\n");
                assertThat(client.send("HEAD /on HTTP/1.1\r\nHost: h\r\n\r\n").readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .doesNotContain("Content-Length");
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | it is empty",
                "Content-Type: text/plain | it ends before the empty line that ends its fields",
                "Content-Type: text/plain\\n | it ends before the empty line that ends its fields",
                "\\nbody | it begins with an empty line, not with a field",
                "<html>\\n\\n | the name of a header field is not a token",
                "A : b\\n\\n | the name of a header field is not a token",
                "A: b\\n folded\\n\\n | the name of a header field is not a token",
                "A: b\\000c\\n\\n | a header field value contains a control character",
                "A: b\\rc\\n\\n | a header field value contains a control character",
                "Status: 99\\n\\n | its Status is not a number from 200 to 999",
                "Status: 100 Continue\\n\\n | its Status is not a number from 200 to 999",
                "Status: 2000\\n\\n | its Status is not a number from 200 to 999",
                "Status: OK\\n\\n | its Status is not a number from 200 to 999",
                "Status:\\n\\n | its Status is not a number from 200 to 999",
                "Status: 200\\nStatus: 200\\n\\n | it has more than one field Status",
                "Location: /a\\nLocation: /b\\n\\n | it has more than one field Location"
            })
    void anOutputThatDoesNotBeginWithFieldsIs500WithTheReasonInTheLog(String output, String reason) throws Exception {
        for (ForkingWatchdog mode : List.of(ForkingWatchdog.STREAMING, ForkingWatchdog.SERIALIZING)) {
            try (RunningWatchdog watchdog = printing(mode, output);
                    RawClient client = watchdog.connect()) {
                assertThat(client.send(GET).readWhole())
                        .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                        .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n", "\r\nX-Duration-Seconds: ", reason);
                watchdog.log().awaitLine("The function's output is not a CGI response: " + reason);
                // The connection is fit for another request.
                assertThat(client.send(GET).readWhole()).startsWith("HTTP/1.1 500 ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void fieldsOfUpTo64KibAreSentAndMoreAre500(ForkingWatchdog mode) throws Exception {
        String script = "printf \"A: \"; head -c \"$(cat)\" /dev/zero | tr \"\\\\000\" x; printf \"\\n\\nbody\"";
        try (RunningWatchdog watchdog = mode.running(script, "cgi_response", "true");
                RawClient client = watchdog.connect()) {
            int most = LIMIT - "A: \n\n".length();
            assertThat(client.send(post(most)).readWhole())
                    .contains("\r\nA: " + "x".repeat(most) + "\r\n")
                    .endsWith("\r\n\r\nbody");

            assertThat(client.send(post(most + 1)).readWhole()).startsWith("HTTP/1.1 500 ");
            watchdog.log().awaitLine("is not a CGI response: its fields are longer than 64 KiB");
        }
    }

    private static String post(int length) {
        return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n" + length;
    }

    @Test
    void aProcessThatNeverEndsItsFieldsIsKilledOnceTheyAreTooLong() throws Exception {
        Sleeper descendant = new Sleeper();
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        descendant.command() + " & read a; cat /dev/zero", "cgi_response", "true");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n");
            descendant.awaitStart();

            assertThat(client.send("\n").readWhole()).startsWith("HTTP/1.1 500 ");
            descendant.awaitEnd();
        }
    }

    @Test
    void aStreamedResponseIs504WhenTheFieldsAreNotCompleteInTime() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo A: b; exec sleep 600", "cgi_response", "true", "exec_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse()).startsWith("HTTP/1.1 504 ");
        }
    }

    @Test
    void aFailedSerializingProcessIs500WhateverFieldsItHasPrinted() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.SERIALIZING.running(
                        "printf \"Status: 201\\n\\nbody\"; exit 3", "cgi_response", "true");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).startsWith("HTTP/1.1 500 ").endsWith("\r\n\r\nexit status 3");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void anHttp10ClientGetsStatusFieldsAndBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = printing(mode, "Status: 418 Tea\\nA: b\\n\\nbody");
                RawClient client = watchdog.connect()) {
            assertThat(client.send("GET / HTTP/1.0\r\n\r\n").readToEnd())
                    .startsWith("HTTP/1.0 418 Tea\r\n")
                    .contains("\r\nA: b\r\n")
                    .endsWith("\r\n\r\nbody");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void anHttp2ClientGetsStatusFieldsAndBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = printing(
                        mode, "Status: 404 Not Here\\nX-A: b\\nConnection: close\\nContent-Type: t/t\\n\\nbody");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");

            assertThat(client.head(stream))
                    .contains(":status: 404", "x-a: b", "content-type: t/t")
                    .noneMatch(line -> line.startsWith("connection") || line.startsWith("status"));
            assertThat(client.body(stream)).isEqualTo("body");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void anHttp2ClientGetsA204WithoutABody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = printing(mode, "Status: 204\\n\\ndropped");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");

            assertThat(client.head(stream))
                    .contains(":status: 204")
                    .noneMatch(line -> line.startsWith("content-length"));
            assertThat(client.body(stream)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "SERIALIZING"})
    void anOutputIsTheBodyAsItIsUnlessCgiResponseIsSet(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("printf \"Status: 404\\n\\n\"")) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("Status: 404\n\n");
        }
    }
}
