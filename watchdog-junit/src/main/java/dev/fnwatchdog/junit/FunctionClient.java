package dev.fnwatchdog.junit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * Sends requests to the function under test, and returns responses with their bodies as text. Redirects are not followed.
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

    /** Returns the JDK's client, for other types of bodies, WebSockets and asynchronous requests. */
    public HttpClient http() {
        return http;
    }

    /**
     * Returns a request to be completed and given to {@link #send}.
     *
     * @param target a path and perhaps a query, such as {@code /orders?open=true}, with escapes where they are needed
     */
    public HttpRequest.Builder request(String target) {
        if (!target.startsWith("/")) {
            throw new IllegalArgumentException("the target \"%s\" does not begin with a slash".formatted(target));
        }
        return HttpRequest.newBuilder(URI.create(base + target.substring(1)));
    }

    /** Sends a request and waits for its response. */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends GET and waits for the response. */
    public HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return send(request(target));
    }

    /** Sends POST with a body in UTF-8 and waits for the response. */
    public HttpResponse<String> post(String target, String body) throws IOException, InterruptedException {
        return send(request(target).POST(BodyPublishers.ofString(body)));
    }
}
