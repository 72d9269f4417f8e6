package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Chunks;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trailers in inproc mode (RFC 9110, 6.5.1): a handler's own, and those of requests. */
class InprocTrailersTest {
    private static final String REQUEST = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nhi\r\n0\r\nX-Sum: 1\r\nHost: evil\r\nAuthorization: evil\r\nCookie: a=evil\r\nX-Auth-Seconds: 9\r\n"
            + "Content-Length: 7\r\nTransfer-Encoding: gzip\r\n\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final HttpString SUM = new HttpString("X-Sum");

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private void record(String head, String trailers) {
        seen.add(head + "|" + trailers);
    }

    private void recordExchange(HttpServerExchange exchange) {
        exchange.getRequestReceiver().receiveFullBytes((received, body) -> {
            record(text(received.getRequestHeaders()), text(received.getAttachment(HttpAttachments.REQUEST_TRAILERS)));
            received.getResponseSender().send("ok");
        });
    }

    private static String text(HeaderMap fields) {
        Map<String, List<String>> sorted = new TreeMap<>();
        for (HeaderValues values : fields) {
            sorted.put(values.getHeaderName().toString(), List.copyOf(values));
        }
        return sorted.toString();
    }

    @Test
    void ofARequestStayApartFromTheHeadThatAHandlerSees() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(this::recordExchange)) {
            assertThat(watchdog.responseTo(REQUEST)).endsWith("ok");

            assertThat(seen.poll(5, TimeUnit.SECONDS)).isEqualTo("{Host=[h], Transfer-Encoding=[chunked]}|{X-Sum=[1]}");
        }
    }

    private void recordServlet(HttpServletRequest request) throws Exception {
        request.getInputStream().readAllBytes();
        Map<String, List<String>> head = new TreeMap<>();
        Collections.list(request.getHeaderNames())
                .forEach(name -> head.put(name, Collections.list(request.getHeaders(name))));
        record(head + " " + (request.getCookies() == null ? "no cookies" : "cookies"), "" + request.getTrailerFields());
    }

    @Test
    void ofARequestAreAServletsTrailerFieldsAlone() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            recordServlet(request);
            response.getWriter().write("ok");
        })) {
            assertThat(watchdog.responseTo(REQUEST)).endsWith("ok");

            assertThat(seen.poll(5, TimeUnit.SECONDS))
                    .isEqualTo("{Host=[h], Transfer-Encoding=[chunked]} no cookies|{x-sum=1}");
        }
    }

    private static HeaderMap trailers(String... lines) {
        HeaderMap trailers = new HeaderMap();
        for (String line : lines) {
            int colon = line.indexOf(':');
            trailers.add(new HttpString(line.substring(0, colon)), line.substring(colon + 2));
        }
        return trailers;
    }

    /** The lines behind the last chunk of what a handler with these trailers sends. */
    private static List<String> sent(RunningWatchdog watchdog) throws Exception {
        try (RawClient client = watchdog.connect()) {
            String head = client.send(GET).readHead();
            assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").contains("Transfer-Encoding: chunked\r\n");
            List<String> lines = Chunks.trailers(client.readUntil("\r\n0\r\n").concat(client.readUntil("\r\n\r\n")));
            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).endsWith("OK");
            return lines;
        }
    }

    private static void sendInPieces(HttpServerExchange exchange) {
        exchange.startBlocking();
        try (OutputStream out = exchange.getOutputStream()) {
            out.write('o');
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final String[] MIXED = {
        "X-Sum: 1", "X-Sum: 2", "Connection: close", "Transfer-Encoding: gzip", "Content-Length: 9", "Set-Cookie: a=b"
    };

    @Test
    void ofAHandlerAreSentWithoutThoseThatAreForbidden() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {
            exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, trailers(MIXED));
            exchange.getResponseSender().send("ok");
        })) {
            // Undertow's sender has told the length: a body with a length has no trailers.
            assertThat(watchdog.responseTo(GET)).endsWith("ok");
        }
    }

    @Test
    void ofAHandlerWhoseLengthIsOpenAreSentWithoutThoseThatAreForbidden() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> exchange.dispatch(() -> {
            exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, trailers(MIXED));
            exchange.putAttachment(HttpAttachments.RESPONSE_TRAILER_SUPPLIER, () -> trailers("X-Late: 3", "Host: h"));
            sendInPieces(exchange);
        }))) {
            assertThat(sent(watchdog)).containsExactlyInAnyOrder("X-Sum: 1", "X-Sum: 2", "X-Late: 3");
        }
    }

    @Test
    void ofAServletAreSentWithoutThoseThatAreForbidden() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            response.setTrailerFields(() -> Map.of("X-Sum", "1", "Content-Length", "9", "Connection", "close"));
            response.getWriter().write("ok");
        })) {
            assertThat(sent(watchdog)).containsExactly("X-Sum: 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\r\n\r\nHTTP/1.1 200 OK", "a\0b", "a\nb"})
    void ofAHandlerNeverEndTheirResponse(String value) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> exchange.dispatch(() -> {
                    exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, new HeaderMap().put(SUM, value));
                    sendInPieces(exchange);
                }));
                RawClient client = watchdog.connect()) {
            client.send(GET).readHead();

            assertThat(client.readUntilClosedOrReset()).doesNotContain("X-Sum", "X-Evil", "0\r\n\r\n", "200 OK");
            watchdog.log().awaitLine("The handler failed: GET /");
        }
    }

    @Test
    void ofAHandlerThatCannotBeSuppliedBreakItsResponseOff() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
                    response.setTrailerFields(() -> {
                        throw new IllegalStateException("no sum");
                    });
                    response.getWriter().write("ok");
                    response.flushBuffer();
                });
                RawClient client = watchdog.connect()) {
            client.send(GET).readHead();

            assertThat(client.readUntilClosedOrReset()).doesNotContain("\r\n0\r\n");
            watchdog.log().awaitLine("The handler failed: GET /");
        }
    }

    @Test
    void ofAHandlerMayBeLongerThanNoBuffer() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
                    response.setTrailerFields(() -> Map.of("X-Sum", "x".repeat(20_000)));
                    response.getWriter().write("ok");
                    response.flushBuffer();
                });
                RawClient client = watchdog.connect()) {
            client.send(GET).readHead();

            assertThat(client.readUntilClosedOrReset()).doesNotContain("\r\n0\r\n");
            watchdog.log().awaitLine("The handler failed: GET /");
        }
    }
}
