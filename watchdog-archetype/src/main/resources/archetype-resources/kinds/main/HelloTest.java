package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class HelloTest {
    @Test
    void greetsByName() throws Exception {
        HttpServer server = Hello.start(0);
        try {
            assertEquals("Hello, Zoë!\n", responseTo("Zoë", server.getAddress().getPort()));
        } finally {
            server.stop(0);
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
