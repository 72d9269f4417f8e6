package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RealFunction;
import java.io.ByteArrayInputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged jar in front of servers as users write them. Proves specification 3.16, 3.19, 3.24, 3.25, 6.4. */
class RealFunctionsIT {
    private static final int FIFTY_MEGABYTES = 50_000_000;

    private static final Map<RealFunction, PackagedWatchdog> STARTED = new EnumMap<>(RealFunction.class);

    @AfterAll
    static void stop() {
        STARTED.values().forEach(PackagedWatchdog::close);
    }

    /** Returns the watchdog that all tests of this function share. */
    private static PackagedWatchdog inFrontOf(RealFunction function) throws Exception {
        PackagedWatchdog watchdog = STARTED.get(function);
        if (watchdog == null) {
            int port = FreePort.any();
            watchdog = PackagedWatchdog.inFrontOf(function.command(port), port).startReady();
            STARTED.put(function, watchdog);
        }
        return watchdog;
    }

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @EnumSource(names = {"EXPRESS", "PYTHON", "JDK"})
    private @interface ForEachServer {}

    /** Proves specification 3.25, and 6.4 for http mode. */
    @ForEachServer
    void getToARealServerIsForwardedWithItsDurationAndLogged(RealFunction function) throws Exception {
        PackagedWatchdog watchdog = inFrontOf(function);
        HttpResponse<String> response = watchdog.get("/?name=a");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hello from " + function.name().toLowerCase(Locale.ROOT) + "\n");
        assertThat(response.headers().firstValue("X-Duration-Seconds"))
                .hasValueSatisfying(seconds -> assertThat(seconds).matches("\\d+\\.\\d{6}"));
        assertThat(watchdog.awaitLine("GET /?name=a"))
                .containsPattern(" - 200 OK - ContentLength: \\d+B \\(\\d+\\.\\d{4}s\\)$");
    }

    /** Proves specification 3.16. */
    @ForEachServer
    void uploadOfFiftyMegabytesReachesARealServerUnchanged(RealFunction function) throws Exception {
        PackagedWatchdog watchdog = inFrontOf(function);
        byte[] body = new byte[FIFTY_MEGABYTES];
        new Random(1).nextBytes(body);

        HttpResponse<String> response =
                watchdog.send(watchdog.request("/checksum").POST(BodyPublishers.ofByteArray(body)));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(checksum(body));
    }

    private static String checksum(byte[] body) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    }

    /** Proves specification 3.19. */
    @Test
    void bufferedChunkedUploadReachesAServerThatReadsNoChunkedBody() throws Exception {
        // Python's server reads no chunked body at all.
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("http_buffer_req_body", "true").startReady()) {
            byte[] body = new byte[FIFTY_MEGABYTES / 10];

            HttpResponse<String> response = watchdog.send(watchdog.request("/checksum")
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));

            assertThat(response.body()).isEqualTo(checksum(body));
        }
    }

    /** Proves specification 3.24. */
    @ForEachServer
    void eachServerSentEventOfARealServerIsForwardedAtOnce(RealFunction function) throws Exception {
        PackagedWatchdog watchdog = inFrontOf(function);
        try (RawClient client = watchdog.connect()) {
            client.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).contains("text/event-stream");

            // The function sends the next event only on request: each must have been forwarded by itself.
            client.readUntil("data: 1\n\n");
            sendNextEvent(watchdog);
            client.readUntil("data: 2\n\n");
            sendNextEvent(watchdog);
            client.readUntil("data: 3\n\n");
            client.readUntil("0\r\n\r\n");
        }
    }

    private static void sendNextEvent(PackagedWatchdog watchdog) throws Exception {
        watchdog.send(watchdog.request("/next").POST(BodyPublishers.ofString("now")));
    }

    /** Proves specification 9.4: connections are kept. */
    @ForEachServer
    void twoHundredRequestsToARealServerAreServedOnOneConnection(RealFunction function) throws Exception {
        PackagedWatchdog watchdog = inFrontOf(function);
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < 200; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("hello from ");
            }
        }
    }
}
