package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests files of static mode with a compressed variant beside them. Proves specification 1.31. */
class CompressedFilesTest {
    private static final String SCRIPT = "let answer = 42;\n".repeat(50);

    @TempDir
    private Path folder;

    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("app.js"), SCRIPT);
        Files.write(folder.resolve("app.js.gz"), gzip(SCRIPT));
        Files.writeString(folder.resolve("index.html"), "plain");
        Files.write(folder.resolve("index.html.gz"), gzip("plain"));
        Files.writeString(folder.resolve("alone.js"), SCRIPT);
        Files.write(folder.resolve("only.js.gz"), gzip(SCRIPT));
        watchdog = RunningWatchdog.serving(folder);
    }

    @AfterEach
    void stop() {
        watchdog.close();
    }

    private static byte[] gzip(String text) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String gunzip(String body) throws Exception {
        return new String(
                new GZIPInputStream(new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1)))
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    private String raw(String target, String headers) throws Exception {
        try (RawClient client = watchdog.connect()) {
            return client.send("GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n".formatted(target, headers))
                    .readToEnd();
        }
    }

    private HttpResponse<String> get(String... headers) throws Exception {
        return watchdog.send(watchdog.request("/app.js").headers(headers).build());
    }

    @ParameterizedTest
    @CsvSource({"/app.js, text/javascript; charset=utf-8", "/, text/html; charset=utf-8"})
    void theGzFileIsSentWithGzipEncodingToAClientThatAcceptsIt(String target, String type) throws Exception {
        String response = raw(target, "Accept-Encoding: gzip, deflate, br\r\n");
        String head = response.substring(0, response.indexOf("\r\n\r\n") + 4);

        assertThat(head)
                .contains("\r\nContent-Encoding: gzip\r\n")
                .contains("\r\nContent-Type: " + type + "\r\n")
                .contains("\r\nVary: Accept-Encoding\r\n");
        assertThat(gunzip(response.substring(head.length()))).isEqualTo(target.equals("/") ? "plain" : SCRIPT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | true",
                "GZIP | true",
                "x-gzip | true",
                "br;q=1.0, gzip;q=0.8 | true",
                "* | true",
                "*;q=0.5 | true",
                "gzip;q=0 | false",
                "gzip; q=0.0, * | false",
                "*, gzip;q=0 | false",
                "identity | false",
                "gzip;q=0.5, identity;q=0.9 | false",
                "br, deflate | false",
                "gzipped | false",
                "'' | false",
                "gzip;q=x | false",
            })
    void acceptEncodingDecidesWhetherTheCompressedFileIsSent(String accepts, boolean compressed) throws Exception {
        HttpResponse<String> response = get("Accept-Encoding", accepts);

        assertThat(response.headers().firstValue("Content-Encoding").isPresent())
                .isEqualTo(compressed);
        assertThat(response.headers().firstValue("Vary")).contains("Accept-Encoding");
    }

    @Test
    void aFileWithACompressedVariantHasVaryEvenWhenItIsSentUncompressed() throws Exception {
        assertThat(raw("/app.js", "")).contains("\r\nVary: Accept-Encoding\r\n").endsWith(SCRIPT);
        assertThat(raw("/alone.js", "Accept-Encoding: gzip\r\n"))
                .doesNotContain("Vary", "Content-Encoding")
                .endsWith(SCRIPT);
    }

    @Test
    void theCompressedFileHasItsOwnEtag() throws Exception {
        String plain = get("Accept", "*/*").headers().firstValue("ETag").orElseThrow();
        String compressed =
                get("Accept-Encoding", "gzip").headers().firstValue("ETag").orElseThrow();

        assertThat(compressed).isNotEqualTo(plain);
        HttpResponse<String> known = get("Accept-Encoding", "gzip", "If-None-Match", compressed);
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(get("Accept-Encoding", "gzip", "If-None-Match", plain).statusCode())
                .isEqualTo(200);
        assertThat(get("If-None-Match", compressed).statusCode()).isEqualTo(200);
    }

    @Test
    void rangesAreOfTheUncompressedFile() throws Exception {
        HttpResponse<String> part = get("Accept-Encoding", "gzip", "Range", "bytes=0-9");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.headers().map()).doesNotContainKey("content-encoding");
        assertThat(part.body()).isEqualTo(SCRIPT.substring(0, 10));

        String compressed =
                get("Accept-Encoding", "gzip").headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> goesOn = get("Accept-Encoding", "gzip", "Range", "bytes=5-", "If-Range", compressed);
        assertThat(goesOn.statusCode()).isEqualTo(200);
        assertThat(goesOn.body()).isEqualTo(SCRIPT);
    }

    @Test
    void aGzFileIsServedUnderItsOwnNameAndNotInPlaceOfAMissingFile() throws Exception {
        assertThat(raw("/app.js.gz", "Accept-Encoding: gzip\r\n"))
                .contains("\r\nContent-Type: application/gzip\r\n")
                .doesNotContain("Content-Encoding");
        assertThat(raw("/only.js", "Accept-Encoding: gzip\r\n")).startsWith("HTTP/1.1 404 ");
    }
}
