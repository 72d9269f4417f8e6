package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.H2Spec;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RealFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged jar under h2spec's strict cases, in each mode. Proves specification 9.17. */
class H2SpecIT {
    private static final int ALL_CASES = 146;
    private static final int REPETITIONS = 20;

    /** A port that speaks both protocols reads this preface as a request line of HTTP/1, which h2spec does not expect. */
    private static final String PREFACE_OF_ANOTHER_PROTOCOL = "http2/3.5 Sends invalid connection preface";

    private static final String HANDLER = """
            package com.example;
            import io.undertow.server.*;

            public final class Handler implements HttpHandler {
                public void handleRequest(HttpServerExchange exchange) {
                    exchange.getResponseSender().send("hello from the watchdog's own process\\n");
                }
            }
            """;

    @TempDir
    private Path folder;

    enum Front {
        HTTP,
        HTTP_WITH_BUFFERED_BODIES,
        STATIC,
        INPROC,
        STREAMING,
        SERIALIZING
    }

    private PackagedWatchdog start(Front front) throws Exception {
        PackagedWatchdog.Builder watchdog = switch (front) {
            case HTTP -> inFrontOfJdk();
            case HTTP_WITH_BUFFERED_BODIES -> inFrontOfJdk("http_buffer_req_body", "true");
            case STATIC -> {
                Files.writeString(folder.resolve("index.html"), "hello from a file\n");
                yield PackagedWatchdog.with("mode", "static", "static_path", folder.toString());
            }
            case INPROC -> {
                Path jar =
                        new FunctionJar().source("com.example.Handler", HANDLER).write(folder, "function.jar");
                yield PackagedWatchdog.with(
                        "mode", "inproc", "function_path", jar.toString(), "handler", "com.example.Handler");
            }
            case STREAMING -> PackagedWatchdog.with("mode", "streaming", "fprocess", "echo hello");
            case SERIALIZING -> PackagedWatchdog.with("mode", "serializing", "fprocess", "echo hello");
        };
        return watchdog.set("port", "0", "metrics_port", "0", "healthcheck_interval", "0")
                .startReady();
    }

    private static PackagedWatchdog.Builder inFrontOfJdk(String... settings) {
        int port = FreePort.any();
        return PackagedWatchdog.inFrontOf(RealFunction.JDK.command(port), port, settings);
    }

    /** Proves specification 9.17. */
    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void everyH2specCasePassesAndNoneIsSkipped(Front front) throws Exception {
        try (PackagedWatchdog watchdog = start(front)) {
            List<H2Spec.Case> cases = H2Spec.run(watchdog.port(), folder.resolve("report.xml"));

            assertThat(cases)
                    .hasSize(ALL_CASES)
                    .filteredOn(one -> !one.name().equals(PREFACE_OF_ANOTHER_PROTOCOL))
                    .hasSize(ALL_CASES - 1)
                    .filteredOn(one -> !one.fault().isEmpty())
                    .isEmpty();
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
            assertThat(watchdog.err()).noneMatch(line -> line.contains("Exception") || line.contains(" ERROR "));
        }
    }

    /**
     * The result depends on how TCP splits the frames, therefore the cases run several times. Proves specification
     * 9.17.
     */
    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void h2specCasesOfContinuationFramesPassTwentyTimes(Front front) throws Exception {
        try (PackagedWatchdog watchdog = start(front)) {
            for (int i = 0; i < REPETITIONS; i++) {
                assertThat(H2Spec.run(watchdog.port(), folder.resolve("report.xml"), "http2/6.10"))
                        .as("run %d", i)
                        .isNotEmpty()
                        .filteredOn(one -> !one.fault().isEmpty())
                        .isEmpty();
            }
        }
    }

    /** Proves specification 7.15. */
    @Test
    void prefaceOfNoKnownProtocolIs400AndTheConnectionCloses() throws Exception {
        try (PackagedWatchdog watchdog = start(Front.STREAMING);
                RawClient client = watchdog.connect()) {
            client.send("INVALID CONNECTION PREFACE\r\n\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 Bad Request\r\n");
        }
    }
}
