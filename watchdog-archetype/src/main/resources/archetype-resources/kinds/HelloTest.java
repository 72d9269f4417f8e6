package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.undertow.Watchdog;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class HelloTest {
    @Test
    void greetsByName() throws Exception {
        WatchdogConfig config =
                WatchdogConfig.builder().inproc().port(0).metricsPort(0).build();
        try (Watchdog watchdog =
                Watchdog.builder(config).handler(new Hello()).start()) {
            assertEquals("Hello, Zoë!\n", responseTo("Zoë", watchdog.port()));
        }
    }

    private static String responseTo(String body, int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
