package dev.fnwatchdog.core.auth;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads a document of the authority's, of at most 1 MiB, within a limit of time that holds to its last byte. No redirect is
 * followed: whom tokens are to be believed is for the settings to say.
 *
 * <p>Threads: any; blocks.
 */
final class DocumentReader {
    private static final int MOST_BYTES = 1024 * 1024;
    private static final int OK = 200;

    private final HttpClient client;
    private final Duration limit;

    DocumentReader(Duration limit) {
        this.limit = limit;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                // Else it would ask each server for an upgrade to HTTP/2.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .build();
    }

    /** @throws IOException with a reason that can follow a colon */
    String read(URI location) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(location).timeout(limit).build();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, head -> new BoundedBody(MOST_BYTES));
        try {
            // The request's own limit ends with the head of the response.
            HttpResponse<String> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException("answered with status " + response.statusCode());
            }
            return response.body();
        } catch (TimeoutException e) {
            throw new IOException(late(), e);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause() == null ? e : e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            answer.cancel(true);
        }
    }

    private String reason(Throwable cause) {
        if (cause instanceof HttpTimeoutException) {
            return late();
        }
        if (cause instanceof ConnectException) {
            return isOrComesFrom(cause, UnresolvedAddressException.class) ? "no such host" : "connection refused";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static boolean isOrComesFrom(Throwable thrown, Class<? extends Throwable> type) {
        Throwable cause = thrown;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private String late() {
        return "no whole answer within %d ms".formatted(limit.toMillis());
    }
}
