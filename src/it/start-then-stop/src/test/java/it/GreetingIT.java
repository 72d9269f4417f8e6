package it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class GreetingIT {
    @Test
    void greets() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getProperty("watchdog.url")))
                .build();

        assertEquals(
                "Hello world",
                HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .body());
    }
}
