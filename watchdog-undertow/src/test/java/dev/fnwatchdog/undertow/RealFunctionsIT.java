package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The packaged jar in front of servers as users write them (contract 3). */
@ParameterizedClass
@EnumSource(names = {"EXPRESS", "PYTHON", "JDK"})
class RealFunctionsIT {
    private static final int FIFTY_MEGABYTES = 50_000_000;

    @SuppressWarnings("NullAway.Init") // before the first test of each function
    private static WatchdogProcess watchdog;

    private final RealFunction function;

    RealFunctionsIT(RealFunction function) {
        this.function = function;
    }

    @BeforeParameterizedClassInvocation
    static void start(RealFunction function) throws Exception {
        int port = FreePort.any();
        watchdog = WatchdogProcess.inFrontOf(function.command(port), port).startReady();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        watchdog.close();
    }

    @Test
    void passesAGetThrough() throws Exception {
        HttpResponse<String> response = watchdog.get("/?name=a");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hello from " + function.name().toLowerCase(Locale.ROOT) + "\n");
        assertThat(response.headers().firstValue("X-Duration-Seconds"))
                .hasValueSatisfying(seconds -> assertThat(seconds).matches("\\d+\\.\\d{6}"));
        assertThat(watchdog.awaitLine("GET /?name=a"))
                .containsPattern(" - 200 OK - ContentLength: \\d+B \\(\\d+\\.\\d{4}s\\)$");
    }

    @Test
    void passesFiftyMegabytesOnUnharmed() throws Exception {
        byte[] body = new byte[FIFTY_MEGABYTES];
        new Random(1).nextBytes(body);
        String checksum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));

        HttpResponse<String> response =
                watchdog.send(watchdog.request("/checksum").POST(BodyPublishers.ofByteArray(body)));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(checksum);
    }

    @Test
    void passesEachServerSentEventOnWhenItComes() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).contains("text/event-stream");

            // The function sends the next one only when it is told: each must have come through by itself.
            client.readUntil("data: 1\n\n");
            sendNextEvent();
            client.readUntil("data: 2\n\n");
            sendNextEvent();
            client.readUntil("data: 3\n\n");
            client.readUntil("0\r\n\r\n");
        }
    }

    private static void sendNextEvent() throws Exception {
        watchdog.send(watchdog.request("/next").POST(BodyPublishers.ofString("now")));
    }

    @Test
    void servesManyCallsOnKeptConnections() throws Exception {
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
