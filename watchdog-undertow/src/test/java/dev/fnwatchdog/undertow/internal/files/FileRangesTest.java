package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests range requests of static mode (RFC 9110 14). Proves specification 1.29, 1.30. */
class FileRangesTest {
    private static final int LARGE = 300_000;

    @TempDir
    private Path folder;

    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "0123456789");
        Files.writeString(folder.resolve("empty.txt"), "");
        Files.writeString(folder.resolve("large.txt"), large());
        watchdog = RunningWatchdog.serving(folder);
    }

    @AfterEach
    void stop() {
        watchdog.close();
    }

    private static String large() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < LARGE; i++) {
            text.append(i).append(' ');
        }
        return text.substring(0, LARGE);
    }

    private HttpResponse<String> get(String target, String... headers) throws Exception {
        return watchdog.send(watchdog.request(target).headers(headers).build());
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, bytes 0-0/10",
        "bytes=2-4, 234, bytes 2-4/10",
        "bytes=7-, 789, bytes 7-9/10",
        "bytes=-3, 789, bytes 7-9/10",
        "bytes=-30, 0123456789, bytes 0-9/10",
        "bytes=8-100, 89, bytes 8-9/10",
        "bytes=8-999999999999999999, 89, bytes 8-9/10",
        "Bytes= 2 - 4, 234, bytes 2-4/10",
        "bytes=0-, 0123456789, bytes 0-9/10",
    })
    void aSingleByteRangeOfAFileIs206(String range, String content, String contentRange) throws Exception {
        HttpResponse<String> response = get("/a.txt", "Range", range);

        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body()).isEqualTo(content);
        assertThat(response.headers().firstValue("Content-Range")).contains(contentRange);
        assertThat(response.headers().firstValue("Content-Length")).contains(Integer.toString(content.length()));
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
    }

    @ParameterizedTest
    @CsvSource({
        "/a.txt, bytes=10-, 10",
        "/a.txt, bytes=10-20, 10",
        "/a.txt, bytes=-0, 10",
        "/empty.txt, bytes=0-, 0",
        "/empty.txt, bytes=-5, 0"
    })
    void aByteRangeOutsideTheFileIs416(String target, String range, int size) throws Exception {
        HttpResponse<String> response = get(target, "Range", range);

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(response.headers().firstValue("Content-Range")).contains("bytes */" + size);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=0-1,3-4",
                "bytes=5-2",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=1",
                "lines=1-2",
                "bytes=+1-2",
                "bytes=1-2-3",
                "bytes=0-99999999999999999999"
            })
    void severalOrInvalidRangesGetTheWholeFile(String range) throws Exception {
        HttpResponse<String> response = get("/a.txt", "Range", range);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("0123456789");
    }

    /** Proves specification 1.29, 1.30. */
    @Test
    void ifRangeGetsTheWholeFileUnlessItsValidatorMatches() throws Exception {
        HttpResponse<String> whole = get("/a.txt", "Accept", "*/*");
        String etag = whole.headers().firstValue("ETag").orElseThrow();
        String date = whole.headers().firstValue("Last-Modified").orElseThrow();

        assertThat(get("/a.txt", "Range", "bytes=1-2", "If-Range", etag).body()).isEqualTo("12");
        assertThat(get("/a.txt", "Range", "bytes=1-2", "If-Range", date).body()).isEqualTo("12");
        for (String other : new String[] {"\"x\"", "W/" + etag, "Mon, 06 May 2024 07:08:09 GMT", "nonsense"}) {
            HttpResponse<String> response = get("/a.txt", "Range", "bytes=1-2", "If-Range", other);
            assertThat(response.statusCode()).as(other).isEqualTo(200);
            assertThat(response.body()).isEqualTo("0123456789");
        }
    }

    @Test
    void headOfAFileIgnoresTheRange() throws Exception {
        HttpRequest head = watchdog.request("/a.txt")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .header("Range", "bytes=1-2")
                .build();

        assertThat(watchdog.send(head).statusCode()).isEqualTo(200);
        assertThat(watchdog.send(head).headers().firstValue("Content-Length")).contains("10");
    }

    /** Proves specification 1.29. */
    @Test
    void ifNoneMatchTakesPrecedenceOverARange() throws Exception {
        assertThat(get("/a.txt", "Range", "bytes=1-2", "If-None-Match", "*").statusCode())
                .isEqualTo(304);
    }

    @ParameterizedTest
    @CsvSource({"0, 299999", "17, 250000", "100000, 100000", "299999, 299999", "16363, 16365"})
    void aByteRangeOfALargeFileIsSent(int from, int to) throws Exception {
        assertThat(get("/large.txt", "Range", "bytes=%d-%d".formatted(from, to)).body())
                .isEqualTo(large().substring(from, to + 1));
    }

    @Test
    void aByteRangeOfALargeFileIsSentOverHttp2() throws Exception {
        try (Http2Client client = Http2Client.on(watchdog.connect())) {
            client.request(1, Http2Frames.END_STREAM, "GET", "/large.txt", "range", "bytes=100-60099");

            assertThat(client.response(1))
                    .contains(":status: 206")
                    .contains("content-range: bytes 100-60099/300000\n")
                    .endsWith("\n" + large().substring(100, 60_100));
        }
    }

    @Test
    void aByteRangeBeyondFourGibibytesIsSent() throws Exception {
        long size = 5L * 1024 * 1024 * 1024;
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("huge.bin").toFile(), "rw")) {
            file.setLength(size);
            file.seek(size - 7);
            file.write("theend!".getBytes(StandardCharsets.US_ASCII));
        }

        HttpResponse<String> last = get("/huge.bin", "Range", "bytes=-7");
        assertThat(last.body()).isEqualTo("theend!");
        assertThat(last.headers().firstValue("Content-Range"))
                .contains("bytes %d-%d/%d".formatted(size - 7, size - 1, size));
        assertThat(get("/huge.bin", "Range", "bytes=%d-%d".formatted(size - 7, size - 5))
                        .body())
                .isEqualTo("the");
        HttpRequest head = watchdog.request("/huge.bin")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(watchdog.send(head).headers().firstValue("Content-Length")).contains(Long.toString(size));
    }
}
