package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Uses a web application that greets, in whatever framework it is written. */
final class WebApplicationClient {
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    private final int port;

    WebApplicationClient(int port) {
        this.port = port;
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(PATIENCE);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Asserts that synchronous, asynchronous and uploading requests, events and sessions work. */
    void assertServes() throws Exception {
        assertThat(send(request("/hello/Ada")).body()).isEqualTo("hello, Ada");
        assertThat(send(request("/later/Ada")).body()).isEqualTo("hello later, Ada");
        HttpResponse<String> events = send(request("/events").header("Accept", "text/event-stream"));
        assertThat(events.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        assertThat(events.body().replace("data: ", "data:")).containsSubsequence("data:one\n\n", "data:two\n\n");
        HttpResponse<String> upload = send(request("/upload")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        --b\r
                        Content-Disposition: form-data; name="file"; filename="n.txt"\r
                        Content-Type: text/plain\r
                        \r
                        Bob\r
                        --b--\r
                        """)));
        assertThat(upload.body()).isEqualTo("hello, Bob");
        assertThat(send(request("/visits")).body()).isEqualTo("visit 1");
        assertThat(send(request("/visits")).body()).isEqualTo("visit 2");
        assertThat(send(request("/nowhere")).statusCode()).isEqualTo(404);
    }
}
