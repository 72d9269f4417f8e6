package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms of {@code multipart/form-data} in servlets, and the memory that they take. Proves specification 5.7, 5.16, 7.20. */
@Timeout(60)
class MultipartFormTest {
    private static final int MEGABYTE = 1 << 20;

    /** Bodies may take half of it. */
    private static final long HEAP = 64L * MEGABYTE;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    /** Responds as the path tells. */
    @MultipartConfig
    public static class Forms extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            response.setCharacterEncoding("UTF-8");
            switch (request.getRequestURI()) {
                case "/encoding" -> {
                    request.setCharacterEncoding("ISO-8859-1");
                    response.getWriter().write(request.getParameter("a"));
                }
                case "/parameter" -> response.getWriter().write("" + request.getParameter("a"));
                case "/length" ->
                    response.getWriter().write("" + request.getParameter("a").length());
                case "/names" ->
                    response.getWriter().write("" + request.getParameterMap().size());
                case "/parts" -> response.getWriter().write(described(request));
                case "/stream" ->
                    response.getWriter().write("" + request.getInputStream().readAllBytes().length);
                default -> response.setStatus(404);
            }
        }

        private static String described(HttpServletRequest request) throws IOException, ServletException {
            return request.getParts().stream()
                    .map(part -> "%s:%s:%s:%d:%d"
                            .formatted(
                                    part.getName(),
                                    part.getSubmittedFileName(),
                                    part.getContentType(),
                                    part.getSize(),
                                    sum(part)))
                    .collect(Collectors.joining(" "));
        }

        private static int sum(Part part) {
            try (var content = part.getInputStream()) {
                int sum = 0;
                for (byte b : content.readAllBytes()) {
                    sum += b;
                }
                return sum;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Holds files of up to a megabyte in memory. */
    @MultipartConfig(fileSizeThreshold = MEGABYTE)
    public static final class InMemory extends Forms {
        private static final long serialVersionUID = 1L;
    }

    private RunningWatchdog around(Class<?> handler) throws Exception {
        return RunningWatchdog.started(
                builder -> WatchdogInternals.memory(builder, MemoryShares.ofHeap(HEAP)),
                "mode",
                "inproc",
                "handler",
                handler.getName(),
                "TMPDIR",
                folder.toString());
    }

    private static String field(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private static String file(String name, String more, String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"n\"\r\n" + more + "\r\n"
                + content + "\r\n";
    }

    private static HttpResponse<String> post(RunningWatchdog watchdog, String path, String parts, Charset charset)
            throws Exception {
        return watchdog.send(watchdog.request(path)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofString(parts + "--b--\r\n", charset))
                .build());
    }

    private static String post(RunningWatchdog watchdog, String path, String parts) throws Exception {
        HttpResponse<String> response = post(watchdog, path, parts, StandardCharsets.UTF_8);
        return response.statusCode() + " " + response.body().strip();
    }

    private static final String TOO_LARGE = "413 the form does not fit into the memory for bodies";

    private void awaitNoFiles() {
        Polling.until(PATIENCE, () -> {
            try (Stream<Path> files = Files.list(folder)) {
                return files.findAny().isEmpty();
            }
        });
    }

    @Test
    void textsAndFilesReachAServletAsPartsAndTextsAsParametersToo() throws Exception {
        String parts = field("a", "é")
                + field("b", "x".repeat(20_000))
                + file("c", "Content-Type: a/b\r\n", "123")
                + file("d", "", "y".repeat(300_000))
                + field("empty", "");
        try (RunningWatchdog watchdog = around(Forms.class)) {
            assertThat(post(watchdog, "/parts", parts))
                    .isEqualTo("200 a:null:null:2:" + ((byte) 0xc3 + (byte) 0xa9) + " b:null:null:20000:" + 20_000 * 'x'
                            + " c:n:a/b:3:" + ('1' + '2' + '3') + " d:n:null:300000:" + 300_000 * 'y'
                            + " empty:null:null:0:0");
            assertThat(post(watchdog, "/parameter", parts)).isEqualTo("200 é");
            assertThat(post(watchdog, "/parameter", field("a", "é".repeat(10_000))))
                    .isEqualTo("200 " + "é".repeat(10_000));
            assertThat(post(watchdog, "/parameter", file("a", "", "content"))).isEqualTo("200 null");
            assertThat(post(watchdog, "/names", parts)).isEqualTo("200 3");
            assertThat(post(watchdog, "/stream", parts)).startsWith("200 3");
            awaitNoFiles();
        }
    }

    @Test
    void textsHaveTheCharsetOfTheirPartOrThatOfTheRequest() throws Exception {
        String own =
                "--b\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\né\r\n";
        try (RunningWatchdog watchdog = around(Forms.class)) {
            assertThat(post(watchdog, "/parameter", own, StandardCharsets.ISO_8859_1)
                            .body())
                    .isEqualTo("é");
            assertThat(post(watchdog, "/encoding", field("a", "é"), StandardCharsets.ISO_8859_1)
                            .body())
                    .isEqualTo("é");
        }
    }

    @ParameterizedTest
    @CsvSource({"Forms, 0", "InMemory, 1000", "InMemory, 200000"})
    void encodedPartsAreDecoded(String handler, int length) throws Exception {
        String content =
                Base64.getMimeEncoder().encodeToString("z".repeat(length).getBytes(StandardCharsets.UTF_8));
        try (RunningWatchdog watchdog = around(handler.equals("Forms") ? Forms.class : InMemory.class)) {
            assertThat(post(
                            watchdog,
                            "/parts",
                            file("a", "Content-Transfer-Encoding: base64\r\n", content)
                                    + file("b", "Content-Transfer-Encoding: quoted-printable\r\n", "=41B")))
                    .isEqualTo("200 a:n:null:" + length + ":" + length * 'z' + " b:n:null:2:" + ('A' + 'B'));
        }
    }

    @Test
    void aLargeFileOrTextTakesNoMemoryUntilTheTextIsReadAsAParameter() throws Exception {
        String text = field("a", "x".repeat(25 * MEGABYTE));
        try (RunningWatchdog watchdog = around(Forms.class)) {
            assertThat(post(watchdog, "/parts", text))
                    .isEqualTo("200 a:null:null:" + 25 * MEGABYTE + ":" + 25 * MEGABYTE * 'x');
            assertThat(post(watchdog, "/parts", file("a", "", "y".repeat(40 * MEGABYTE))))
                    .startsWith("200 a:n:null:" + 40 * MEGABYTE);

            assertThat(post(watchdog, "/length", text)).isEqualTo(TOO_LARGE);
            assertThat(post(watchdog, "/names", text)).isEqualTo(TOO_LARGE);
            for (int i = 0; i < 20; i++) {
                assertThat(post(watchdog, "/length", field("a", "x".repeat(2 * MEGABYTE))))
                        .isEqualTo("200 " + 2 * MEGABYTE);
            }
            assertThat(watchdog.log().lines()).noneMatch(line -> line.startsWith("\tat "));
            awaitNoFiles();
        }
    }

    @Test
    void filesThatAServletHoldsInMemoryAndManySmallFieldsCount() throws Exception {
        String files = IntStream.range(0, 20)
                .mapToObj(i -> file("f" + i, "", "y".repeat(MEGABYTE / 2)))
                .collect(Collectors.joining());
        try (RunningWatchdog watchdog = around(InMemory.class)) {
            assertThat(post(watchdog, "/parts", files)).isEqualTo(TOO_LARGE);
            assertThat(post(watchdog, "/parts", files.substring(0, files.length() / 5)))
                    .startsWith("400 ");
            // What has become longer than the servlet wants in memory is not held there.
            String large = IntStream.range(0, 10)
                    .mapToObj(i -> file("f" + i, "", "y".repeat(2 * MEGABYTE)))
                    .collect(Collectors.joining());
            for (int i = 0; i < 3; i++) {
                assertThat(post(watchdog, "/parts", large)).startsWith("200 f0:n:null:" + 2 * MEGABYTE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data; boundary=b", "application/x-www-form-urlencoded"})
    void aFormCountsByItsFieldsToo(String type) throws Exception {
        boolean multipart = type.startsWith("multipart");
        // Ten thousand fields of a few bytes count more than a third of the memory for bodies.
        String form = IntStream.range(0, 10_000)
                .mapToObj(i -> multipart ? field("f" + i, "") : "f" + i + "=" + "x".repeat(50))
                .collect(Collectors.joining(multipart ? "" : "&"));
        String unfinished = "POST /names HTTP/1.1\r\nHost: h\r\nContent-Type: " + type + "\r\nContent-Length: "
                + (form.length() + 10) + "\r\n\r\n" + form;
        List<RawClient> clients = new ArrayList<>();
        try (RunningWatchdog watchdog = around(Forms.class)) {
            HttpRequest request = watchdog.request("/names")
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofString(form + (multipart ? "--b--\r\n" : "")))
                    .build();
            // An exception is the end of the connection while the client still sends.
            Polling.until(PATIENCE, () -> {
                RawClient client = watchdog.connect();
                clients.add(client);
                client.send(unfinished);
                return watchdog.send(request).body().strip().equals(TOO_LARGE.substring(4));
            });
            for (RawClient client : clients) {
                client.close();
            }
            Polling.until(PATIENCE, () -> watchdog.send(request).body().equals("10000"));
        }
    }

    /** A part without a name, and a head or a preamble without end. */
    @ParameterizedTest
    @ValueSource(strings = {"no name", "no end", "preamble"})
    void aPartThatIsNoneIs400(String kind) throws Exception {
        String parts = switch (kind) {
            case "no name" -> "--b\r\nContent-Type: a/b\r\n\r\nx\r\n";
            case "no end" -> "--b\r\nX-A: " + "x".repeat(MEGABYTE);
            default -> "x".repeat(MEGABYTE) + "\r\n" + field("a", "b");
        };
        try (RunningWatchdog watchdog = around(Forms.class)) {
            assertThat(post(watchdog, "/parts", parts)).isEqualTo("400 the multipart body is malformed");
            assertThat(post(watchdog, "/parameter", parts)).isEqualTo("400 the multipart body is malformed");
        }
    }

    @Test
    void nothingIsLeftOfAnUploadWhoseClientDisconnects() throws Exception {
        try (RunningWatchdog watchdog = around(Forms.class)) {
            for (int i = 0; i < 5; i++) {
                try (RawClient client = watchdog.connect()) {
                    client.send("POST /parts HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                            + "Content-Length: 1000000\r\n\r\n" + file("a", "", "y".repeat(100_000)));
                    Polling.until(PATIENCE, () -> {
                        try (Stream<Path> files = Files.list(folder)) {
                            return files.findAny().isPresent();
                        }
                    });
                }
                awaitNoFiles();
            }
        }
    }

    /** Limits the request as a whole. */
    @MultipartConfig(maxRequestSize = 1000)
    public static final class Limited extends Forms {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aRequestThatIsLargerThanItsServletAcceptsIs413WithItsReason() throws Exception {
        try (RunningWatchdog watchdog = around(Limited.class)) {
            assertThat(post(watchdog, "/parts", field("a", "x".repeat(100)))).startsWith("200 a:");
            assertThat(post(watchdog, "/parts", field("a", "x".repeat(1000))))
                    .isEqualTo("413 the body is larger than the function accepts");
        }
    }
}
