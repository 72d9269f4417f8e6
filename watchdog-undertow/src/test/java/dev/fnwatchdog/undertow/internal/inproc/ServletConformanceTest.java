package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what the container adds to a servlet's requests and responses. Proves specification 5.7, 5.13, 5.16. */
class ServletConformanceTest {
    /** Proves specification 5.13. */
    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void aResponseOfAServletThatCannotHaveABodyHasNoContentLength(int status) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> response.setStatus(status))) {
            assertThat(watchdog.responseTo("GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status)
                    .doesNotContainIgnoringCase("Content-Length")
                    .doesNotContainIgnoringCase("Transfer-Encoding");
        }
    }

    /** Proves specification 5.13. */
    @Test
    void aNotModifiedResponseKeepsTheLengthThatAHandlerSets() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {
                    exchange.setStatusCode(304);
                    exchange.setResponseContentLength(7);
                    exchange.endExchange();
                });
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).contains("Content-Length: 7");
        }
    }

    private static String form(int fields) {
        return IntStream.range(0, fields).mapToObj(i -> "f" + i + "=" + i).collect(Collectors.joining("&"));
    }

    private static HttpResponse<String> post(RunningWatchdog watchdog, String type, String body) throws Exception {
        return watchdog.send(watchdog.request("/")
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** Proves specification 5.16. */
    @ParameterizedTest
    @CsvSource({"1001, 200", "10000, 200", "10001, 413"})
    void aFormOfTooManyFieldsIs413WithItsReason(int fields, int status) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) ->
                response.getWriter().write("" + request.getParameterMap().size()))) {
            HttpResponse<String> response = post(watchdog, "application/x-www-form-urlencoded", form(fields));

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.body()).isEqualTo(status == 200 ? "" + fields : "more than 10000 form fields\n");
            assertThat(String.join("\n", watchdog.log().lines())).doesNotContain("\tat ");
        }
    }

    @MultipartConfig(maxFileSize = 10)
    public static final class Uploads extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response)
                throws IOException, jakarta.servlet.ServletException {
            response.getWriter().write("" + request.getParts().size());
        }
    }

    /** Proves specification 5.16. */
    @ParameterizedTest
    @CsvSource({"5, 200, 1", "11, 413, a file is too large"})
    void aFileThatExceedsTheLimitOfTheServletIs413WithItsReason(int length, int status, String body) throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.around(Uploads.class)) {
            HttpResponse<String> response = post(
                    watchdog,
                    "multipart/form-data; boundary=b",
                    "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\n" + "x".repeat(length)
                            + "\r\n--b--\r\n");

            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.body().strip()).isEqualTo(body);
        }
    }

    /** Proves specification 5.16. */
    @ParameterizedTest
    @CsvSource({
        "b, --b~Content-Disposition: form-data; name=\"f\"~~no end",
        "b, no part at all",
        "b, --b~Content-Disposition: form-data; name=\"f\"~Content-Transfer-Encoding: base64~~@@@@~--b--~",
        "b, --b~Content-Disposition: form-data; name=\"f\"~Content-Type: text/plain; charset=unknown~~x~--b--~",
        "b; charset=unknown, --b~Content-Disposition: form-data; name=\"f\"~~x~--b--~",
        "'', an empty boundary"
    })
    void aMalformedMultipartBodyIs400WithItsReason(String boundary, String body) throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.around(Uploads.class)) {
            HttpResponse<String> response =
                    post(watchdog, "multipart/form-data; boundary=" + boundary, body.replace("~", "\r\n"));

            assertThat(response.body()).isEqualTo("the multipart body is malformed\n");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(String.join("\n", watchdog.log().lines())).doesNotContain("\tat ");
        }
    }

    /** Proves specification 5.7. */
    @Test
    void optionsOfTheServerAreAnsweredByTheContainer() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> response.setStatus(418))) {
            assertThat(watchdog.responseTo("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("Allow: GET, HEAD, POST", "Content-Length: 0");
            assertThat(watchdog.responseTo("OPTIONS /* HTTP/1.1\r\nHost: h\r\n\r\n"))
                    .startsWith("HTTP/1.1 418");
        }
    }

    /** Proves specification 5.16. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-,         -,                        http://h/there",
                "https,     -,                        https://h/there",
                "HTTPS,     example.com,              https://example.com/there",
                "'https, http', 'a.example:8443, b',  https://a.example:8443/there",
                "-,         [::1]:80,                 'http://[::1]:80/there'",
                "javascript, evil.example/x?,         http://h/there",
                "-,         user@evil.example,        http://h/there"
            })
    void theOriginThatTheClientUsedDeterminesARedirect(String proto, String host, String location) throws Exception {
        String fields = (proto == null ? "" : "X-Forwarded-Proto: " + proto + "\r\n")
                + (host == null ? "" : "X-Forwarded-Host: " + host + "\r\n");
        try (RunningWatchdog watchdog =
                ScriptedHandler.servlet((request, response) -> response.sendRedirect("/there"))) {
            assertThat(watchdog.responseTo("GET /a/b HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"))
                    .startsWith("HTTP/1.1 302")
                    .contains("\r\nLocation: " + location + "\r\n");
        }
    }

    /** Proves specification 5.16. */
    @Test
    void aServletSeesTheOriginThatTheClientUsed() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> response.getWriter()
                .write(request.isSecure() + " " + request.getServerPort() + " " + request.getRequestURL()))) {
            assertThat(watchdog.responseTo("GET /a HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: https\r\n"
                            + "X-Forwarded-Host: example.com\r\n\r\n"))
                    .endsWith("\r\n\r\ntrue 443 https://example.com/a");
        }
    }

    /** Proves specification 5.16. */
    @ParameterizedTest
    @CsvSource({"HTTP/1.1, 'Host: h', 1 h 1", "HTTP/1.0, 'Host: h', 1 h 1", "HTTP/1.0, 'X-A: b', 0 null 0"})
    void aServletSeesTheFieldHostAsItCameAlthoughAnotherHostIsForwarded(String version, String field, String seen)
            throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> response.getWriter()
                .write("%d %s %d %s"
                        .formatted(
                                Collections.list(request.getHeaders("host")).size(),
                                request.getHeader("Host"),
                                Collections.list(request.getHeaderNames()).stream()
                                        .filter("Host"::equalsIgnoreCase)
                                        .count(),
                                request.getServerName())))) {
            assertThat(watchdog.responseTo(
                            "GET / " + version + "\r\n" + field + "\r\nX-Forwarded-Host: example.com\r\n\r\n"))
                    .endsWith("\r\n\r\n" + seen + " example.com");
        }
    }

    /** Proves specification 5.7. */
    @Test
    void theMessageOfAnErrorIsEscapedOnce() throws Exception {
        try (RunningWatchdog watchdog =
                ScriptedHandler.servlet((request, response) -> response.sendError(400, "a<b> & \"c\" it's"))) {
            assertThat(watchdog.get("/").body()).contains("<body>a&lt;b&gt; &amp; &quot;c&quot; it&#39;s</body>");
        }
    }

    /** Proves specification 5.7. */
    @Test
    void theMessageOfAnErrorThatAnAsynchronousServletSendsIsEscapedOnce() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    ((HttpServletResponse) context.getResponse()).sendError(404, "<i>");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                context.complete();
            });
        })) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("<body>&lt;i&gt;</body>");
        }
    }
}
