package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests static_spa, one page for all paths without a file. Proves specification 1.25 to 1.28, 1.33, 1.34. */
class SinglePageTest {
    @TempDir
    private Path folder;

    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(folder.resolve("index.html"), "page");
        Files.createDirectories(folder.resolve("assets"));
        Files.writeString(folder.resolve("assets/app.js"), "script");
        Files.createDirectories(folder.resolve("docs"));
        Files.writeString(folder.resolve("docs/index.html"), "docs");
        watchdog = RunningWatchdog.serving(folder, "static_spa", "true");
    }

    @AfterEach
    void stop() {
        watchdog.close();
    }

    /** Proves specification 1.34. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/users",
                "/users/7",
                "/users/7/",
                "/users/jane.doe",
                "/v1.2",
                "/old.html",
                "/assets/old.js",
                "/favicon.ico",
                "/assets",
                "/assets/",
                "/a?b=c.js",
                "/users/7%20b"
            })
    void anUnknownPathIs200WithTheIndexPageInSpaMode(String target) throws Exception {
        HttpResponse<String> response = watchdog.get(target);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("page");
        assertThat(response.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    }

    @ParameterizedTest
    @CsvSource({"/assets/app.js, script", "/docs/, docs", "/, page", "/index.html, page"})
    void existingFilesAreServedInSpaMode(String target, String content) throws Exception {
        assertThat(watchdog.get(target).body()).isEqualTo(content);
    }

    /** Proves specification 1.26. */
    @Test
    void aFolderWithAnIndexPageIsRedirectedInSpaMode() throws Exception {
        assertThat(watchdog.get("/docs").statusCode()).isEqualTo(301);
    }

    /** Proves specification 1.25. */
    @ParameterizedTest
    @CsvSource({"POST, 405", "DELETE, 405", "HEAD, 200"})
    void anUnknownPathAcceptsOnlyGetAndHeadInSpaMode(String method, int status) throws Exception {
        HttpRequest request = watchdog.request("/users")
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();

        assertThat(watchdog.send(request).statusCode()).isEqualTo(status);
    }

    /** Proves specification 1.27, 1.28. */
    @ParameterizedTest
    @CsvSource({"/../etc/passwd, 404", "/%2e%2e/x, 404", "/a%00, 400", "/a%2fb, 404"})
    void anInvalidPathIs404Or400InSpaMode(String target, int status) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(target));

            assertThat(client.readHead()).startsWith("HTTP/1.1 %d ".formatted(status));
        }
    }

    /** Proves specification 1.34. */
    @Test
    void theIndexPageHasCacheControlNoCacheInSpaMode() throws Exception {
        for (String target : new String[] {"/", "/index.html", "/users"}) {
            assertThat(watchdog.get(target).headers().firstValue("Cache-Control"))
                    .contains("no-cache");
        }
        assertThat(watchdog.get("/assets/app.js").headers().firstValue("Cache-Control"))
                .isEmpty();
    }

    /** A browser may have cached another file from the same path. Proves specification 1.34. */
    @Test
    void theIndexPageUnderAnUnknownPathHasItsOwnEtagAndNoLastModified() throws Exception {
        HttpResponse<String> page = watchdog.get("/");
        HttpResponse<String> fallback = watchdog.get("/users");
        String etag = fallback.headers().firstValue("ETag").orElseThrow();

        assertThat(fallback.headers().firstValue("Last-Modified")).isEmpty();
        assertThat(page.headers().firstValue("ETag"))
                .isPresent()
                .isNotEqualTo(fallback.headers().firstValue("ETag"));
        assertThat(status("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")).isEqualTo(200);
        assertThat(status("If-None-Match", page.headers().firstValue("ETag").orElseThrow()))
                .isEqualTo(200);
        assertThat(status("If-None-Match", etag)).isEqualTo(304);
    }

    private int status(String header, String value) throws Exception {
        return watchdog.send(watchdog.request("/users").header(header, value).build())
                .statusCode();
    }

    /** Proves specification 1.33. */
    @Test
    void aNewFileAndAChangedIndexPageAreSeenInSpaMode() throws Exception {
        assertThat(watchdog.get("/users").body()).isEqualTo("page");

        Files.writeString(folder.resolve("users"), "a file");
        Polling.until(
                Duration.ofSeconds(10), () -> watchdog.get("/users").body().equals("a file"));

        Files.delete(folder.resolve("users"));
        Files.writeString(folder.resolve("index.html"), "new page");
        Polling.until(
                Duration.ofSeconds(10), () -> watchdog.get("/users").body().equals("new page"));
    }

    /** Proves specification 1.34. */
    @Test
    void anUnknownPathIs404InSpaModeWithoutAnIndexPage() throws Exception {
        Files.delete(folder.resolve("index.html"));

        Polling.until(Duration.ofSeconds(10), () -> watchdog.get("/users").statusCode() == 404);
    }
}
