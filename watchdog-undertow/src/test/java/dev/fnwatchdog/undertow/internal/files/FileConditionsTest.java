package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests conditional requests of static mode (RFC 9110 13). Proves specification 1.29, 1.33. */
class FileConditionsTest {
    private static final Instant TIME = Instant.parse("2024-05-06T07:08:09.123456Z");
    private static final String DATE = "Mon, 06 May 2024 07:08:09 GMT";
    private static final String LATER = "Mon, 06 May 2024 07:08:10 GMT";
    private static final String EARLIER = "Mon, 06 May 2024 07:08:08 GMT";

    @TempDir
    private Path folder;

    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        write("a.txt", "hello", TIME);
        watchdog = RunningWatchdog.serving(folder);
    }

    @AfterEach
    void stop() {
        watchdog.close();
    }

    private void write(String name, String content, Instant time) throws Exception {
        Path file = Files.writeString(folder.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(time));
    }

    private HttpResponse<String> get(String... headers) throws Exception {
        HttpRequest.Builder request = watchdog.request("/a.txt");
        return watchdog.send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    private String etag() throws Exception {
        return get().headers().firstValue("ETag").orElseThrow();
    }

    @Test
    void lastModifiedIsTheTimeOfTheFile() throws Exception {
        assertThat(get().headers().firstValue("Last-Modified")).contains(DATE);
    }

    @ParameterizedTest
    @CsvSource({
        "If-None-Match, TAG, 304",
        "If-None-Match, W/TAG, 304",
        "If-None-Match, '\"x\", TAG', 304",
        "If-None-Match, '\"x\",W/TAG ,\"y\"', 304",
        "If-None-Match, *, 304",
        "If-None-Match, '\"x\"', 200",
        "If-None-Match, nonsense, 200",
        "If-Modified-Since, '" + DATE + "', 304",
        "If-Modified-Since, '" + LATER + "', 304",
        "If-Modified-Since, '" + EARLIER + "', 200",
        "If-Modified-Since, yesterday, 200",
        "If-Match, TAG, 200",
        "If-Match, *, 200",
        "If-Match, '\"x\"', 412",
        "If-Match, W/TAG, 412",
        "If-Unmodified-Since, '" + DATE + "', 200",
        "If-Unmodified-Since, '" + EARLIER + "', 412",
    })
    void conditionalRequestsForFilesAreEvaluatedAsRfc9110Requires(String header, String value, int status)
            throws Exception {
        HttpResponse<String> response = get(header, value.replace("TAG", etag()));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(status == 200 ? "hello" : "");
        assertThat(response.headers().firstValue("ETag")).contains(etag());
        assertThat(response.headers().firstValue("Last-Modified")).contains(DATE);
    }

    @Test
    void etagConditionsTakePrecedenceOverDateConditions() throws Exception {
        assertThat(get("If-None-Match", "\"x\"", "If-Modified-Since", LATER).statusCode())
                .isEqualTo(200);
        assertThat(get("If-Match", etag(), "If-Unmodified-Since", EARLIER).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a304HasNoBodyAndTheConnectionContinues() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /a.txt HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n"
                    + "HEAD /a.txt HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\r\n"
                    + "GET /a.txt HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 304 ").doesNotContain("Content-Type");
            assertThat(client.readHead()).startsWith("HTTP/1.1 304 ");
            assertThat(client.readResponse()).endsWith("\r\n\r\nhello");
        }
    }

    /** Compares the same files on two hosts. */
    @Test
    void filesOfTheSameTimeAndSizeHaveTheSameEtagOnEveryReplica(@TempDir Path other) throws Exception {
        Path copy = Files.writeString(other.resolve("a.txt"), "hello");
        Files.setLastModifiedTime(copy, FileTime.from(TIME));
        String etag = etag();
        try (RunningWatchdog replica = RunningWatchdog.serving(other)) {
            assertThat(replica.get("/a.txt").headers().firstValue("ETag")).contains(etag);
        }
    }

    /** Proves specification 1.29, 1.33. */
    @Test
    void theEtagChangesWhenTheFileChangesWithinTheSameSecond() throws Exception {
        String before = etag();
        write("a.txt", "hallo", TIME.plusMillis(1));

        Polling.until(
                Duration.ofSeconds(1), () -> get("If-None-Match", before).body().equals("hallo"));
    }

    /** The files of reproducible images all have a time in 1970 or 1980. */
    @ParameterizedTest
    @CsvSource({"1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z", "1980-01-01T00:00:00Z", "1980-01-02T00:00:00Z"})
    void aFileFromBefore3January1980HasNoValidators(Instant time) throws Exception {
        write("a.txt", "fresh", time);

        Polling.until(Duration.ofSeconds(10), () -> get().body().equals("fresh"));
        HttpResponse<String> response = get("If-Modified-Since", DATE);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().map()).doesNotContainKeys("etag", "last-modified");
    }
}
