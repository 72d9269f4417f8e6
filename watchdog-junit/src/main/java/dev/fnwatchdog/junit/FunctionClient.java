package dev.fnwatchdog.junit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * Sends requests to the function under test, and returns responses with their bodies as text. It does not follow redirects.
 *
 * <pre>{@code
 * @Test
 * void refusesAnOrderWithoutItems(FunctionClient function) throws Exception {
 *     HttpResponse<String> response = function.send(function.request("/orders?dry=true")
 *             .header("Content-Type", "application/json")
 *             .POST(HttpRequest.BodyPublishers.ofString("{}")));
 *
 *     assertEquals(400, response.statusCode());
 * }
 * }</pre>
 *
 * <p>Threads: any.
 */
public final class FunctionClient {
    private final URI base;
    private final HttpClient http;

    FunctionClient(URI base, HttpClient http) {
        this.base = base;
        this.http = http;
    }

    /** {@return the JDK's client, for other types of bodies, WebSockets and asynchronous requests} */
    public HttpClient http() {
        return http;
    }

    /**
     * {@return a builder for a request, for {@link #send}}
     *
     * @param target a path with an optional query, such as {@code /orders?open=true}, percent-encoded where necessary
     */
    public HttpRequest.Builder request(String target) {
        if (!target.startsWith("/")) {
            throw new IllegalArgumentException("the target \"%s\" does not begin with a slash".formatted(target));
        }
        return HttpRequest.newBuilder(URI.create(base + target.substring(1)));
    }

    /**
     * Sends a request and waits for its response.
     *
     * @param request a request of {@link #request}
     * @return the response
     * @throws IOException if the request cannot be sent or the response is incomplete
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /**
     * Sends GET and waits for the response.
     *
     * @param target a path with an optional query
     * @return the response
     * @throws IOException if the request cannot be sent or the response is incomplete
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return send(request(target));
    }

    /**
     * Sends POST with a body in UTF-8 and waits for the response.
     *
     * @param target a path with an optional query
     * @param body the text of the body
     * @return the response
     * @throws IOException if the request cannot be sent or the response is incomplete
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> post(String target, String body) throws IOException, InterruptedException {
        return send(request(target).POST(BodyPublishers.ofString(body)));
    }
}
