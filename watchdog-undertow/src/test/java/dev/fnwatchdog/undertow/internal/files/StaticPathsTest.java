package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No path of static mode leads out of the folder, and links inside it are followed. Proves specification 1.26 to 1.28,
 * 1.33.
 */
class StaticPathsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @TempDir
    private Path parent;

    private Path folder;
    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        folder = Files.createDirectory(parent.resolve("www"));
        Files.writeString(parent.resolve("secret.txt"), "secret");
        Files.createDirectory(parent.resolve("www-other"));
        Files.writeString(parent.resolve("www-other/secret.txt"), "secret");
        Files.createDirectories(folder.resolve("docs"));
        Files.writeString(folder.resolve("docs/a.txt"), "a");
        Files.writeString(folder.resolve("docs/index.html"), "docs");
        watchdog = RunningWatchdog.serving(folder);
    }

    @AfterEach
    void stop() {
        watchdog.close();
    }

    private String get(String target) throws IOException {
        try (RawClient client = watchdog.connect()) {
            return client.send("GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".formatted(target))
                    .readToEnd();
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    /** Proves specification 1.27, 1.28. */
    @ParameterizedTest
    @CsvSource({
        "/../secret.txt, 404",
        "/docs/../../secret.txt, 404",
        "/docs/../docs/a.txt, 404",
        "/./docs/a.txt, 404",
        "/.., 404",
        "/%2e%2e/secret.txt, 404",
        "/%2E%2e%2fsecret.txt, 404",
        "/..%2fsecret.txt, 404",
        "/..%5csecret.txt, 404",
        "/..\\secret.txt, 404",
        "/docs%2fa.txt, 404",
        "/docs%5ca.txt, 404",
        "//../secret.txt, 404",
        "/docs/..;/..;/secret.txt, 404",
        "/..%c0%afsecret.txt, 400",
        "/%c0%ae%c0%ae/secret.txt, 400",
        "/docs/a.txt%00, 400",
        "/docs/a.txt%00.html, 400",
        "/%ff, 400",
        "/docs/%ed%a0%80, 400",
        "/%252e%252e/secret.txt, 404",
        "/../www-other/secret.txt, 404",
    })
    void noPathLeadsOutOfTheFolder(String target, int status) throws Exception {
        assertThat(get(target))
                .startsWith("HTTP/1.1 %d ".formatted(status))
                .doesNotContain("secret\r\n", "\r\n\r\nsecret");
    }

    @Test
    void aPathThatIsTooLongForTheSystemIs404() throws Exception {
        assertThat(get("/" + "a".repeat(300))).startsWith("HTTP/1.1 404 ");
        assertThat(get("/" + "a/".repeat(5000))).startsWith("HTTP/1.1 404 ");
        assertThat(get("/" + "%61/".repeat(400) + "x")).startsWith("HTTP/1.1 404 ");
        assertThat(get("/" + ("a".repeat(200) + "/").repeat(40))).startsWith("HTTP/1.1 404 ");
    }

    /** Proves specification 1.26. */
    @ParameterizedTest
    @CsvSource({
        "/docs, ./docs/, /docs/",
        "/docs?a=b&c=%20, ./docs/?a=b&c=%20, /docs/?a=b&c=%20",
        "//docs, ./docs/, //docs/",
        "//evil.example/docs/sub, '', ''",
    })
    void aFolderWithoutItsFinalSlashIsRedirectedToARelativeLocation(String target, String location, String resolved)
            throws Exception {
        String head = get(target);
        if (location.isEmpty()) {
            assertThat(head).startsWith("HTTP/1.1 404 ");
            return;
        }

        assertThat(head).startsWith("HTTP/1.1 301 ").contains("\r\nLocation: " + location + "\r\n");
        URI base = URI.create("http://host:8080").resolve("/").resolve("http://host:8080" + target);
        assertThat(base.resolve(location).getHost()).isEqualTo("host");
        assertThat(base.resolve(location).toString().replaceFirst("^http://host:8080/+", "/"))
                .isEqualTo(resolved.replaceFirst("^/+", "/"));
    }

    /** Proves specification 1.26. */
    @Test
    void redirectsOfFoldersNeverLeadToAnotherHost() throws Exception {
        Files.createDirectories(folder.resolve("evil.example/www"));
        Files.createDirectories(folder.resolve("javascript:alert(1)"));
        Files.createDirectories(folder.resolve("ü \"<"));

        assertThat(get("//evil.example/www")).contains("\r\nLocation: ./www/\r\n");
        assertThat(get("//evil.example")).contains("\r\nLocation: ./evil.example/\r\n");
        assertThat(get("//evil.example/..")).startsWith("HTTP/1.1 404 ");
        assertThat(get("//evil.example/%2e%2e")).startsWith("HTTP/1.1 404 ");
        assertThat(get("/\\evil.example")).startsWith("HTTP/1.1 404 ");
        assertThat(get("/javascript:alert(1)")).contains("\r\nLocation: ./javascript:alert(1)/\r\n");
        assertThat(get("/%C3%BC%20%22%3C?q=\"<%0d%0aX:1"))
                .contains("\r\nLocation: ./%C3%BC%20%22%3C/?q=%22%3C%0d%0aX:1\r\n");
    }

    /** Proves specification 1.26. */
    @Test
    void aFolderWithoutAnIndexPageIs404AndItsContentIsNotListed() throws Exception {
        Files.createDirectory(folder.resolve("plain"));
        Files.writeString(folder.resolve("plain/file.txt"), "x");

        assertThat(get("/plain/")).startsWith("HTTP/1.1 404 ").doesNotContain("file.txt");
        assertThat(get("/")).startsWith("HTTP/1.1 404 ").doesNotContain("docs");
    }

    /** Proves specification 1.27. */
    @Test
    void symbolicLinksToFilesInsideTheFolderAreFollowed() throws Exception {
        Files.createSymbolicLink(folder.resolve("b.txt"), Path.of("docs/a.txt"));
        Files.createSymbolicLink(folder.resolve("c.txt"), folder.resolve("b.txt"));
        Files.createSymbolicLink(folder.resolve("manual"), Path.of("docs/../docs"));

        assertThat(get("/b.txt")).endsWith("\r\n\r\na");
        assertThat(get("/c.txt")).endsWith("\r\n\r\na");
        assertThat(get("/manual/a.txt")).endsWith("\r\n\r\na");
        assertThat(get("/manual/")).endsWith("\r\n\r\ndocs");
    }

    /** Proves specification 1.27. */
    @Test
    void symbolicLinksThatLeadOutOfTheFolderAre404() throws Exception {
        Files.createSymbolicLink(folder.resolve("relative.txt"), Path.of("../secret.txt"));
        Files.createSymbolicLink(folder.resolve("absolute.txt"), parent.resolve("secret.txt"));
        Files.createSymbolicLink(folder.resolve("other"), Path.of("../www-other"));
        Files.createSymbolicLink(folder.resolve("outer"), parent);
        Files.createSymbolicLink(folder.resolve("twice.txt"), Path.of("relative.txt"));
        Files.createSymbolicLink(folder.resolve("gone.txt"), Path.of("nowhere"));
        Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
        Files.createSymbolicLink(folder.resolve("docs/a.txt.gz"), parent.resolve("secret.txt"));

        for (String target : new String[] {
            "/relative.txt",
            "/absolute.txt",
            "/other/secret.txt",
            "/outer/secret.txt",
            "/twice.txt",
            "/gone.txt",
            "/circle",
            "/circle/a",
            "/other/",
            "/outer"
        }) {
            assertThat(get(target)).as(target).startsWith("HTTP/1.1 404 ");
        }
        assertThat(get("/docs/a.txt")).doesNotContain("Vary");
    }

    /** Proves specification 1.27, 1.33. */
    @Test
    void aMountedConfigMapIsServedAndItsReplacementIsSeen() throws Exception {
        Files.createDirectory(folder.resolve("..2024_1"));
        Files.writeString(folder.resolve("..2024_1/app.txt"), "one");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2024_1"));
        Files.createSymbolicLink(folder.resolve("app.txt"), Path.of("..data/app.txt"));
        assertThat(get("/app.txt")).endsWith("\r\n\r\none");

        Files.createDirectory(folder.resolve("..2024_2"));
        Files.writeString(folder.resolve("..2024_2/app.txt"), "two");
        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2024_2"));
        run(
                "mv",
                "-T",
                folder.resolve("..data_tmp").toString(),
                folder.resolve("..data").toString());
        run("rm", "-r", folder.resolve("..2024_1").toString());

        Polling.until(Duration.ofSeconds(10), () -> get("/app.txt").endsWith("\r\n\r\ntwo"));
    }

    /** Proves specification 1.33. */
    @Test
    void aStaticPathThatIsALinkIsFollowedToItsNewTarget() throws Exception {
        Path current = Files.createSymbolicLink(parent.resolve("current"), Path.of("www"));
        try (RunningWatchdog linked = RunningWatchdog.serving(current)) {
            assertThat(linked.get("/docs/a.txt").body()).isEqualTo("a");

            Files.createDirectories(parent.resolve("next/docs"));
            Files.writeString(parent.resolve("next/docs/a.txt"), "next");
            Files.createSymbolicLink(parent.resolve("new"), Path.of("next"));
            run("mv", "-T", parent.resolve("new").toString(), current.toString());

            Polling.until(PATIENCE, () -> linked.get("/docs/a.txt").body().equals("next"));
        }
    }

    /** Proves specification 1.28. */
    @Test
    void aFifoIs404WithoutWaiting() throws Exception {
        run("mkfifo", folder.resolve("pipe").toString());
        run("mkfifo", folder.resolve("docs/a.txt.gz").toString());

        assertThat(get("/pipe")).startsWith("HTTP/1.1 404 ");
        assertThat(watchdog.send(watchdog.request("/docs/a.txt")
                                .header("Accept-Encoding", "gzip")
                                .build())
                        .body())
                .isEqualTo("a");
    }

    /** Proves specification 1.33. */
    @ParameterizedTest
    @ValueSource(strings = {"/docs/a.txt", "/docs/index.html"})
    void aReplacedFileAndARemovedFileAreSeen(String target) throws Exception {
        assertThat(get(target)).startsWith("HTTP/1.1 200 ");

        Files.writeString(folder.resolve("new"), "new content");
        Files.move(folder.resolve("new"), folder.resolve(target.substring(1)), StandardCopyOption.REPLACE_EXISTING);
        Polling.until(Duration.ofSeconds(10), () -> get(target).endsWith("\r\n\r\nnew content"));

        Files.delete(folder.resolve(target.substring(1)));
        Polling.until(Duration.ofSeconds(10), () -> get(target).startsWith("HTTP/1.1 404 "));
    }
}
