package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.WebInitParam;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a servlet as the function. Proves specification 5.1, 5.7, 5.18, 5.24, 6.4. */
class InprocServletTest {
    private static final int MEGABYTE = 1 << 20;
    private static volatile CountDownLatch destroyed = new CountDownLatch(1);

    private static void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.getInputStream().transferTo(response.getOutputStream());
    }

    /** Proves specification 5.1, 5.7, 5.18, 6.4. */
    @Test
    void aServletRunsOnABlockingThreadWithTheClassLoaderOfTheFunction() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>("");
        AtomicReference<ClassLoader> loader = new AtomicReference<>();
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            thread.set(Thread.currentThread().getName());
            loader.set(Thread.currentThread().getContextClassLoader());
            response.setStatus(202);
            response.addHeader("X-Own", "1");
            response.getWriter().write("hello " + request.getRequestURI() + " " + request.getRemoteAddr());
        })) {
            HttpResponse<String> response = watchdog.get("/a?b=c");

            assertThat(response.statusCode()).isEqualTo(202);
            assertThat(response.body()).isEqualTo("hello /a 127.0.0.1");
            assertThat(response.headers().firstValue("Content-Length")).isPresent();
            assertThat(thread.get()).startsWith("watchdog-call-");
            assertThat(loader.get()).isEqualTo(getClass().getClassLoader());
            watchdog.log().awaitLine("GET /a?b=c - 202 - ContentLength: 18B (");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 16_364, 100_000, 3 * MEGABYTE})
    void aServletEchoesBinaryBodies(int size) throws Exception {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(InprocServletTest::echo)) {
            HttpResponse<byte[]> response = watchdog.sendForBytes(watchdog.request("/")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(body);
        }
    }

    @Test
    void aServletSeesTheDecodedPathAndParameters() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> seen.set("%s|%s|%s|%s|%s|%s"
                .formatted(
                        request.getRequestURI(),
                        request.getPathInfo(),
                        request.getServletPath(),
                        request.getQueryString(),
                        request.getParameter("x"),
                        String.join(",", request.getParameterValues("y")))))) {
            watchdog.send(watchdog.request("/a%20b/%C3%BC?x=%C3%A9&y=1")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("y=%C3%BC+2"))
                    .build());

            assertThat(seen.get()).isEqualTo("/a%20b/%C3%BC|/a b/ü||x=%C3%A9&y=1|é|1,ü 2");
        }
    }

    /** Proves specification 3.8. */
    @Test
    void aServletSeesAStrayPercentSignOfTheQueryAsItCame() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> seen.set(
                request.getQueryString() + "|" + request.getParameter("x") + "|" + request.getParameter("y")))) {
            watchdog.responseTo("GET /a?x=100%&y=%zz HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(seen.get()).isEqualTo("x=100%&y=%zz|100%|%zz");

            watchdog.responseTo("GET /a? HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(seen.get()).isEqualTo("null|null|null");
        }
    }

    /** Proves specification 5.7. */
    @Test
    void anAsynchronousServletIsServed() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    context.getResponse().getWriter().write("later");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                context.complete();
            });
        })) {
            assertThat(watchdog.get("/").body()).isEqualTo("later");
        }
    }

    @Test
    void anAsynchronousServletThatExceedsItsOwnTimeoutIs500() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                (request, response) -> request.startAsync().setTimeout(100))) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(500);
        }
    }

    /** Proves specification 5.7. */
    @Test
    void aServletFindsItsSessionInTheNextRequest() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            Object count = request.getSession().getAttribute("count");
            int next = count == null ? 1 : (int) count + 1;
            request.getSession().setAttribute("count", next);
            response.getWriter().write("" + next);
        })) {
            String cookie = watchdog.get("/").headers().firstValue("Set-Cookie").orElseThrow();
            HttpResponse<String> second = watchdog.send(watchdog.request("/")
                    .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                    .build());

            assertThat(second.body()).isEqualTo("2");
        }
    }

    /** Proves specification 5.7. */
    @Test
    void anErrorThatAServletSendsHasNoStackTrace() throws Exception {
        try (RunningWatchdog watchdog =
                ScriptedHandler.servlet((request, response) -> response.sendError(404, "nothing here"))) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).doesNotContain("\tat ");
        }
    }

    @Test
    void theResponseOfAServletToHeadHasNoBody() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                        (request, response) -> response.getWriter().write("hello"));
                RawClient client = watchdog.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).contains("200 OK", "Content-Length: 5");
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).endsWith("\r\n\r\nhello");
        }
    }

    @Test
    void whatAServletFlushesIsSentAtOnce() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
                    response.getOutputStream().write("one".getBytes(StandardCharsets.UTF_8));
                    response.flushBuffer();
                    read.await();
                    response.getOutputStream().write("two".getBytes(StandardCharsets.UTF_8));
                });
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readUntil("one\r\n");
            read.countDown();
            client.readUntil("two\r\n0\r\n\r\n");
        }
    }

    /** Proves specification 5.7, 5.24. */
    @Test
    void anAnnotatedServletServesItsOwnPathsWithItsInitParametersAndIsDestroyed() throws Exception {
        destroyed = new CountDownLatch(1);
        try (RunningWatchdog watchdog = RunningWatchdog.around(Annotated.class)) {
            assertThat(watchdog.get("/there").body()).isEqualTo("parameter");
            assertThat(watchdog.get("/elsewhere").statusCode()).isEqualTo(404);
            HttpResponse<String> upload = watchdog.send(watchdog.request("/there")
                    .header("Content-Type", "multipart/form-data; boundary=b")
                    .POST(
                            HttpRequest.BodyPublishers.ofString(
                                    "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\ncontent\r\n--b--\r\n"))
                    .build());
            assertThat(upload.body()).isEqualTo("content");
            assertThat(destroyed.getCount()).isEqualTo(1);
        }
        assertThat(destroyed.getCount()).isZero();
    }

    @WebServlet(urlPatterns = "/there", initParams = @WebInitParam(name = "p", value = "parameter"))
    @MultipartConfig(maxRequestSize = 1000)
    public static final class Annotated extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void init(ServletConfig config) throws jakarta.servlet.ServletException {
            super.init(config);
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write(getServletConfig().getInitParameter("p"));
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response)
                throws IOException, jakarta.servlet.ServletException {
            Part part = request.getPart("f");
            part.getInputStream().transferTo(response.getOutputStream());
        }

        @Override
        public void destroy() {
            destroyed.countDown();
        }
    }

    @Test
    void nothingIsLeftAfterAThousandRequestsToAServlet() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(InprocServletTest::echo);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 1000; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
                assertThat(client.readResponse()).endsWith("\r\n\r\nab");
            }
            watchdog.awaitIdle();
        }
    }
}
