package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests which file of static mode is the response to a request, and its header fields. Proves specification 1.25, 1.26,
 * 1.29, 1.32, 6.4, 6.5, 9.5.
 */
class StaticFilesTest {
    @TempDir
    private Path folder;

    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("index.html"), "root");
        Files.writeString(folder.resolve("a.txt"), "hello");
        Files.writeString(folder.resolve("empty.css"), "");
        Files.createDirectories(folder.resolve("docs/deep"));
        Files.writeString(folder.resolve("docs/index.html"), "docs");
        watchdog = RunningWatchdog.serving(folder);
    }

    @AfterEach
    void stop() {
        watchdog.close();
    }

    private String raw(String request) throws Exception {
        try (RawClient client = watchdog.connect()) {
            return client.send(request).readToEnd();
        }
    }

    private String head(String method, String target) throws Exception {
        return raw("%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".formatted(method, target));
    }

    /** Proves specification 1.25, 1.26. */
    @ParameterizedTest
    @CsvSource({"/, root", "/index.html, root", "/a.txt, hello", "/docs/, docs", "//docs//, docs", "/a.txt?v=1, hello"})
    void theFileAtThePathIsServed(String target, String content) throws Exception {
        HttpResponse<String> response = watchdog.get(target);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(content);
    }

    /** Proves specification 3.8. */
    @ParameterizedTest
    @ValueSource(strings = {"/a.txt?", "/a.txt?q=100%", "/a.txt?%zz", "/a.txt?x=%u00e9"})
    void aQueryThatIsEmptyOrHasAStrayPercentSignDoesNotMatter(String target) throws Exception {
        assertThat(head("GET", target)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nhello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nope", "/docs/deep/", "/a.txt/", "/a.txt/b", "/docs/nope.css", "/index.htm", "/A.TXT"})
    void aPathWithoutAFileIs404(String target) throws Exception {
        HttpResponse<String> response = watchdog.get(target);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(response.body()).isEqualTo("404 page not found\n");
    }

    /** Proves specification 1.32. */
    @ParameterizedTest
    @CsvSource({
        "a.html, text/html; charset=utf-8",
        "a.css, text/css; charset=utf-8",
        "a.txt, text/plain; charset=utf-8",
        "a.js, text/javascript; charset=utf-8",
        "a.mjs, text/javascript; charset=utf-8",
        "A.JS, text/javascript; charset=utf-8",
        "a.b.svg, image/svg+xml; charset=utf-8",
        "a.xml, application/xml; charset=utf-8",
        "a.json, application/json",
        "a.js.map, application/json",
        "a.wasm, application/wasm",
        "a.avif, image/avif",
        "a.webp, image/webp",
        "a.png, image/png",
        "a.woff2, font/woff2",
        "a.pdf, application/pdf",
        "a.webmanifest, application/manifest+json",
        "a.unheardof, application/octet-stream",
        "LICENSE, application/octet-stream",
    })
    void theMediaTypeFollowsTheEndOfTheFileName(String name, String type) {
        assertThat(MediaTypes.of(name)).isEqualTo(type);
    }

    /** Proves specification 1.29, 1.32. */
    @Test
    void aFileIsSentWithTypeLengthAndValidators() throws Exception {
        assertThat(head("GET", "/a.txt"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/plain; charset=utf-8\r\n")
                .contains("\r\nContent-Length: 5\r\n")
                .contains("\r\nAccept-Ranges: bytes\r\n")
                .containsPattern("\r\nETag: \"[^\"]+\"\r\n")
                .containsPattern("\r\nLast-Modified: \\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n")
                .containsOnlyOnce("\r\nDate: ")
                .doesNotContain("Cache-Control", "Vary", "Transfer-Encoding")
                .endsWith("\r\n\r\nhello");
    }

    /** Proves specification 1.25. */
    @ParameterizedTest
    @CsvSource({"/a.txt, 200, 5", "/empty.css, 200, 0", "/nope, 404, 19", "/docs, 301, 0", "/, 200, 4"})
    void headOfAFileHasTheHeaderFieldsOfGetAndNoBody(String target, int status, int length) throws Exception {
        assertThat(head("HEAD", target))
                .startsWith("HTTP/1.1 %d ".formatted(status))
                .contains("\r\nContent-Length: %d\r\n".formatted(length))
                .endsWith("\r\n\r\n");
    }

    /** Proves specification 1.25. */
    @ParameterizedTest
    @CsvSource({"POST, /a.txt", "OPTIONS, /a.txt", "OPTIONS, *", "DELETE, /nope", "PUT, /", "PROPFIND, /docs"})
    void aMethodOtherThanGetAndHeadIs405InStaticMode(String method, String target) throws Exception {
        assertThat(head(method, target))
                .startsWith("HTTP/1.1 405 ")
                .contains("\r\nAllow: GET, HEAD\r\n")
                .doesNotContain("hello");
    }

    @Test
    void aTargetInAbsoluteFormIsServedInStaticMode() throws Exception {
        assertThat(head("GET", "http://h/a.txt?v=1")).endsWith("\r\n\r\nhello");
    }

    /** Proves specification 1.29. */
    @Test
    void anEmptyFileIsSentWithContentLengthZero() throws Exception {
        assertThat(head("GET", "/empty.css"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Length: 0\r\n")
                .endsWith("\r\n\r\n");
    }

    /** Proves specification 1.26. */
    @ParameterizedTest
    @CsvSource({
        "a b.txt, /a%20b.txt",
        "100%.txt, /100%25.txt",
        "über.txt, /%C3%BCber.txt",
        "über.txt, /%c3%bcber.txt",
        "日本.txt, /%E6%97%A5%E6%9C%AC.txt",
        "a+b.txt, /a+b.txt",
        "a;b=c.txt, /a;b=c.txt",
        "a?b.txt, /a%3Fb.txt",
        "...txt, /...txt",
        "....., /.....",
        ".hidden, /.hidden",
        "..data, /..data",
    })
    void filesWithUnusualNamesAndHiddenFilesAreServed(String name, String target) throws Exception {
        Files.writeString(folder.resolve(name), "there: " + name);

        assertThat(watchdog.get(target).body()).isEqualTo("there: " + name);
    }

    @Test
    void unescapedUtf8InAPathFindsTheFile() throws Exception {
        Files.writeString(folder.resolve("über.txt"), "there");

        assertThat(head("GET", "/\u00c3\u00bcber.txt")).endsWith("\r\n\r\nthere");
    }

    /** Proves specification 1.25. */
    @Test
    void filesAreServedOverHttp10() throws Exception {
        assertThat(raw("GET /a.txt HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.")
                .contains(" 200 OK\r\n", "\r\nContent-Length: 5\r\n")
                .endsWith("\r\n\r\nhello");
    }

    /** Proves specification 1.25. */
    @Test
    void filesAreServedOverHttp2() throws Exception {
        try (Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/a.txt");
            client.request(3, Http2Frames.END_STREAM, "HEAD", "/a.txt");
            client.get(5, "/nope");

            assertThat(client.responses(1, 3, 5))
                    .hasEntrySatisfying(
                            1,
                            response -> assertThat(response)
                                    .contains(":status: 200", "content-length: 5")
                                    .endsWith("\nhello"))
                    .hasEntrySatisfying(
                            3,
                            response -> assertThat(response)
                                    .contains(":status: 200", "content-length: 5")
                                    .endsWith("\n"))
                    .hasEntrySatisfying(5, response -> assertThat(response).contains(":status: 404"));
        }
    }

    /** Proves specification 9.5. */
    @Test
    void pipelinedRequestsForFilesGetTheirResponsesInOrder() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\nGET /docs/ HTTP/1.1\r\nHost: h\r\n\r\n"
                    + "HEAD /a.txt HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readResponse()).endsWith("hello");
            assertThat(client.readResponse()).endsWith("docs");
            assertThat(client.readHead()).contains("Content-Length: 5");
            assertThat(client.readResponse()).endsWith("root");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a.txt", "/nope", "/docs"})
    void aRequestForAFileWithABodyGetsItsResponseAtOnceAndTheConnectionIsClosed(String target) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET %s HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nhalf".formatted(target));

            assertThat(client.readResponse()).contains("\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    /** Proves specification 1.25, 6.4, 6.5. */
    @Test
    void requestsForFilesAreLoggedWithStatusAndSizeAndCounted() throws Exception {
        watchdog.get("/a.txt?v=1");
        watchdog.get("/nope");
        watchdog.send(watchdog.request("/a.txt")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());

        assertThat(watchdog.log().awaitLine("GET /a.txt?v=1")).contains(" - 200 - ContentLength: 5B (");
        assertThat(watchdog.log().awaitLine("GET /nope")).contains(" - 404 - ContentLength: 19B (");
        assertThat(watchdog.log().awaitLine("HEAD /a.txt")).contains(" - 200 - ContentLength: 0B (");
        assertThat(watchdog.metrics())
                .contains("http_requests_total{code=\"200\",method=\"get\"} 1")
                .contains("http_requests_total{code=\"404\",method=\"get\"} 1")
                .contains("http_requests_total{code=\"200\",method=\"head\"} 1");
    }
}
