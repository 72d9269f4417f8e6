package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the packaged jar with {@code mode=inproc} and functions in jars of their own. Proves specification 5.1 to 5.4,
 * 5.6, 5.9, 5.18, 5.23, 5.24.
 */
class InprocModeIT {
    private static final String MULTIPART = "multipart/form-data; boundary=b";
    private static final String PACKAGE = "package com.example;\n";
    private static final String HANDLER = PACKAGE + """
            import io.undertow.server.*;

            public final class Handler implements HttpHandler, AutoCloseable {
                public void handleRequest(HttpServerExchange exchange) throws Exception {
                    if (exchange.isInIoThread()) {
                        exchange.dispatch(this);
                        return;
                    }
                    System.out.println("serving " + exchange.getRequestPath());
                    exchange.startBlocking();
                    exchange.getInputStream().transferTo(exchange.getOutputStream());
                }

                public void close() {
                    System.out.println("closed by " + Thread.currentThread().getContextClassLoader().getName());
                }
            }
            """;

    @TempDir
    private Path folder;

    private static PackagedWatchdog.Builder inproc(Object functionPath, String... settings) {
        return PackagedWatchdog.with(
                        "mode", "inproc",
                        "function_path", functionPath.toString(),
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0")
                .set(settings);
    }

    /** Proves specification 5.16, 7.20. */
    @Test
    void aFormThatExceedsTheMemoryIs413AndOneAfterItIsServed() throws Exception {
        Path jar = new FunctionJar().source("com.example.Form", PACKAGE + """
                import jakarta.servlet.http.*;
                import java.io.*;

                public final class Form extends HttpServlet {
                    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.getWriter().print(request.getRequestURI().equals("/stream")
                                ? request.getInputStream().transferTo(OutputStream.nullOutputStream())
                                : request.getParameter("a").length());
                    }
                }
                """).write(folder, "function.jar");
        try (PackagedWatchdog watchdog =
                inproc(jar, "handler", "com.example.Form").jvm("-Xmx64m").startReady()) {
            assertThat(postForm(watchdog, "/", 40_000_000))
                    .isEqualTo("413 the form does not fit into the memory for bodies");
            assertThat(postForm(watchdog, "/stream", 40_000_000)).isEqualTo("200 40000002");
            for (int i = 0; i < 10; i++) {
                assertThat(postForm(watchdog, "/", 3_000_000)).isEqualTo("200 3000000");
            }
            assertThat(watchdog.err()).noneMatch(line -> line.contains("OutOfMemory") || line.startsWith("\tat "));
        }
    }

    /** Proves specification 5.16, 7.20. */
    @Test
    @Timeout(120)
    void formsOfLargeAndOfManyFieldsDoNotEndAWatchdogOf64Mebibytes() throws Exception {
        Path jar = new FunctionJar().source("com.example.Form", PACKAGE + """
                import jakarta.servlet.annotation.MultipartConfig;
                import jakarta.servlet.http.*;
                import java.io.*;

                @MultipartConfig
                public final class Form extends HttpServlet {
                    protected void doPost(HttpServletRequest request, HttpServletResponse response)
                            throws IOException, jakarta.servlet.ServletException {
                        response.getWriter().print(request.getRequestURI().equals("/parts")
                                ? request.getParts().iterator().next().getSize()
                                : request.getParameterMap().values().stream().mapToLong(all -> all[0].length()).sum());
                    }
                }
                """).write(folder, "function.jar");
        String head = "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n";
        String large = head.formatted("a") + "x".repeat(25_000_000) + "\r\n--b--\r\n";
        String many = IntStream.range(0, 10_000)
                .mapToObj(i -> head.formatted("field" + i) + "x".repeat(i % 50) + "\r\n")
                .collect(Collectors.joining("", "", "--b--\r\n"));
        String medium = IntStream.range(0, 5_000)
                .mapToObj(i -> head.formatted("field" + i) + "x".repeat(10_000) + "\r\n")
                .collect(Collectors.joining("", "", "--b--\r\n"));
        String url = IntStream.range(0, 10_000).mapToObj(i -> "f" + i + "=").collect(Collectors.joining("&"));
        try (PackagedWatchdog watchdog = inproc(jar, "handler", "com.example.Form", "TMPDIR", folder.toString())
                .jvm("-Xmx64m")
                .startReady()) {
            assertThat(post(watchdog, "/", MULTIPART, large)).startsWith("413 the form does not fit");
            assertThat(post(watchdog, "/parts", MULTIPART, large)).isEqualTo("200 25000000");
            assertThat(post(watchdog, "/", MULTIPART, medium)).matches("(?s)(413 the form does not fit|503 java.io).*");
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<String>> all = new ArrayList<>();
                for (int i = 0; i < 24; i++) {
                    String form = List.of(many, large, url).get(i % 3);
                    all.add(CompletableFuture.supplyAsync(
                            () -> post(
                                    watchdog,
                                    "/",
                                    form.equals(url) ? "application/x-www-form-urlencoded" : MULTIPART,
                                    form),
                            task -> new Thread(task).start()));
                }
                all.forEach(response -> assertThat(response.join()).matches("(?s)(200 \\d+|413 the form|503 ).*"));
            }
            assertThat(post(watchdog, "/", MULTIPART, many)).isEqualTo("200 245000");
            assertThat(post(watchdog, "/", "application/x-www-form-urlencoded", url))
                    .isEqualTo("200 0");
            assertThat(watchdog.err()).noneMatch(line -> line.contains("OutOfMemory") || line.startsWith("\tat "));
        }
    }

    private static String post(PackagedWatchdog watchdog, String path, String type, String form) {
        try {
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            watchdog.request(path)
                                    .timeout(Duration.ofSeconds(60))
                                    .header("Content-Type", type)
                                    .POST(HttpRequest.BodyPublishers.ofString(form))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            return response.statusCode() + " " + response.body().strip();
        } catch (IOException refused) {
            // It may be refused, and its connection closed, while the client still sends.
            return "503 " + refused;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String postForm(PackagedWatchdog watchdog, String path, int length) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        watchdog.request(path)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString("a=" + "x".repeat(length)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body().strip();
    }

    /** Proves specification 5.3, 5.6, 5.23, 5.24. */
    @Test
    void aHandlerFromAJarServesBinaryBodiesUntilSigterm() throws Exception {
        Path jar = new FunctionJar().source("com.example.Handler", HANDLER).write(folder, "function.jar");
        byte[] body = new byte[2_000_000];
        new Random(1).nextBytes(body);
        try (PackagedWatchdog watchdog =
                inproc(jar, "handler", "com.example.Handler").startReady()) {
            HttpResponse<byte[]> response = HttpClient.newHttpClient()
                    .send(
                            watchdog.request("/a")
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.body()).isEqualTo(body);
            assertThat(watchdog.awaitLine("serving /a")).endsWith("stdout: serving /a");
            watchdog.awaitLine("POST /a - 200 - ContentLength: 2MB (");

            watchdog.signal("TERM");

            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.out()).anyMatch(line -> line.endsWith("stdout: closed by function"));
            assertThat(watchdog.err()).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
        }
    }

    /** Proves specification 5.2, 5.18. */
    @Test
    void theOneServiceProviderIsTheHandlerAndRunsOnVirtualThreadsFromJdk24On() throws Exception {
        Path jar = new FunctionJar()
                .source("com.example.Greeting", PACKAGE + """
                                import jakarta.servlet.http.*;

                                public final class Greeting extends HttpServlet {
                                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                                            throws java.io.IOException {
                                        boolean virtual = Thread.currentThread().toString().startsWith("VirtualThread");
                                        response.getWriter().write("hello, virtual: " + virtual);
                                    }
                                }
                                """)
                .provides("jakarta.servlet.Servlet", "com.example.Greeting")
                .write(folder, "function.jar");
        try (PackagedWatchdog watchdog = inproc(jar).startReady()) {
            watchdog.awaitLine("Handler found: com.example.Greeting");
            assertThat(watchdog.err()).anyMatch(line -> line.endsWith(" Mode: inproc"));
            // The virtual threads of JDK 21 to 23 are pinned by synchronized blocks.
            assertThat(watchdog.get("/").body())
                    .isEqualTo("hello, virtual: " + (Runtime.version().feature() >= 24));
        }
    }

    private void writeTemplateFunction() throws Exception {
        new FunctionJar().source("com.openfaas.function.Handler", """
                        package com.openfaas.function;

                        import com.openfaas.model.IHandler;
                        import com.openfaas.model.IRequest;
                        import com.openfaas.model.IResponse;
                        import com.openfaas.model.Response;

                        public class Handler extends com.openfaas.model.AbstractHandler {
                            public IResponse Handle(IRequest req) {
                                Response res = new Response();
                                res.setBody("Hello, " + req.getBody() + " " + req.getHeader("X-Call-Id"));
                                return res;
                            }
                        }
                        """).write(folder, "function.jar");
        for (String jar : new String[] {"model.jar", "entrypoint.jar"}) {
            Files.copy(Path.of(System.getProperty("openfaas.jars"), jar), folder.resolve(jar));
        }
    }

    /** Proves specification 5.11. */
    @Test
    void aFileEncodingOtherThanUtf8IsReportedInOneWarningLineForAFunctionOfTheModel() throws Exception {
        writeTemplateFunction();
        try (PackagedWatchdog watchdog =
                inproc(folder).jvm("-Dfile.encoding=ISO-8859-1").startReady()) {
            assertThat(watchdog.awaitLine("Query parameters outside ASCII are lost"))
                    .contains("ISO-8859-1");
        }
        try (PackagedWatchdog watchdog =
                inproc(folder).jvm("-Dfile.encoding=UTF-8").startReady()) {
            watchdog.awaitLine("Listening on port");
            assertThat(watchdog.out()).noneMatch(line -> line.contains("Query parameters"));
            assertThat(watchdog.err()).noneMatch(line -> line.contains("Query parameters"));
        }
    }

    /** Proves specification 5.1, 5.2, 5.3, 5.9. */
    @Test
    void anUnchangedFunctionOfTheOpenFaasTemplateRunsFromAFolderOfJars() throws Exception {
        writeTemplateFunction();
        try (PackagedWatchdog watchdog = inproc(folder).startReady()) {
            HttpResponse<String> response = watchdog.send(
                    watchdog.request("/").header("x-call-id", "1").POST(HttpRequest.BodyPublishers.ofString("wörld")));

            assertThat(response.body()).isEqualTo("Hello, wörld 1");
        }
    }

    /** Proves specification 5.3. */
    @Test
    void theFunctionSeesItsOwnLibrariesAndNotThoseOfTheWatchdog() throws Exception {
        Path jar = new FunctionJar()
                .source("com.example.Handler", PACKAGE + """
                                import io.undertow.server.*;

                                public final class Handler implements HttpHandler {
                                    public void handleRequest(HttpServerExchange exchange) {
                                        String found = "";
                                        for (String name : new String[] {
                                            "dev.fnwatchdog.core.log.WatchdogLog", "io.prometheus.metrics.exporter.common.PrometheusHttpExchange",
                                            "org.jboss.logging.Logger"
                                        }) {
                                            try {
                                                found += Class.forName(name).getSimpleName() + " ";
                                            } catch (ClassNotFoundException e) {
                                                found += "none ";
                                            }
                                        }
                                        exchange.getResponseSender().send(found + org.json.JSONObject.VERSION
                                                + " " + io.prometheus.metrics.exporter.Labels.VERSION);
                                    }
                                }
                                """)
                // Other versions of classes that the watchdog has too.
                .source(
                        "org.json.JSONObject",
                        "package org.json;\npublic class JSONObject { public static final String VERSION = new String(\"own\"); }")
                .source(
                        "io.prometheus.metrics.exporter.Labels",
                        "package io.prometheus.metrics.exporter;\npublic class Labels { public static final String VERSION = new String(\"too\"); }")
                .write(folder, "function.jar");
        Path otherUndertow = new FunctionJar()
                .source(
                        "io.undertow.server.HttpHandler",
                        "package io.undertow.server;\npublic interface HttpHandler { void other(); }")
                .write(folder, "undertow.jar");
        try (PackagedWatchdog watchdog = inproc(otherUndertow + ":" + jar, "handler", "com.example.Handler")
                .startReady()) {
            assertThat(watchdog.get("/").body()).isEqualTo("none none none own too");
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
        }
    }

    /** Proves specification 5.4. */
    @ParameterizedTest
    @ValueSource(strings = {"", "com.example.Missing"})
    void startupEndsWithTheReasonInOneLineWhenThereIsNoHandler(String handler) throws Exception {
        PackagedWatchdog.Finished run = inproc(folder, "handler", handler).run();

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .last()
                .asString()
                .contains(handler.isEmpty() ? "no handler found" : "cannot load handler");
        assertThat(run.err()).noneMatch(line -> line.startsWith("    at "));
    }

    /** Proves specification 5.4. */
    @Test
    void aThrowingConstructorEndsTheStartupWithItsStackTrace() throws Exception {
        Path jar = new FunctionJar().source("com.example.Handler", """
                        package com.example;
                        public class Handler implements io.undertow.server.HttpHandler {
                            public Handler() { connect(); }
                            private void connect() { throw new IllegalStateException("no database"); }
                            public void handleRequest(io.undertow.server.HttpServerExchange exchange) {}
                        }
                        """).write(folder, "function.jar");

        PackagedWatchdog.Finished run =
                inproc(jar, "handler", "com.example.Handler").run();

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .anyMatch(line -> line.endsWith(
                        " cannot create handler com.example.Handler: java.lang.IllegalStateException: no database"))
                .contains("java.lang.IllegalStateException: no database")
                .anyMatch(line -> line.startsWith("    at ") && line.contains("com.example.Handler.connect("));
    }

    /** Proves specification 5.2. */
    @Test
    void severalServiceProvidersEndTheStartupWithALineThatNamesThem() throws Exception {
        Path jar = new FunctionJar()
                .source("com.example.Handler", HANDLER)
                .source("com.example.Another", HANDLER.replace("class Handler", "class Another"))
                .provides("io.undertow.server.HttpHandler", "com.example.Handler\ncom.example.Another")
                .write(folder, "function.jar");

        PackagedWatchdog.Finished run = inproc(jar).run();

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .last()
                .asString()
                .contains("several handlers are provided as services, com.example.Another and com.example.Handler");
    }

    /** Proves specification 5.3. */
    @Test
    void aHandlerOnTheClassPathRunsWithoutFunctionPath() throws Exception {
        Path jar = new FunctionJar().source("com.example.Handler", HANDLER).write(folder, "function.jar");
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "mode", "inproc",
                        "handler", "com.example.Handler",
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0")
                .classPath(jar)
                .startReady()) {
            assertThat(watchdog.send(watchdog.request("/").POST(HttpRequest.BodyPublishers.ofString("x")))
                            .body())
                    .isEqualTo("x");
        }
    }
}
