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
 * Reads a document of the authority, of at most 1 MiB, within a timeout that covers the whole body (specification 8.3).
 * Redirects are not followed, because only the settings decide which authority is trusted.
 *
 * <p>Threads: any; blocks.
 */
final class DocumentReader {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final int OK = 200;

    private final HttpClient client;
    private final Duration timeout;

    DocumentReader(Duration timeout) {
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                // By default the client asks each server for an upgrade to HTTP/2.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    /** @throws IOException with a reason that can follow a colon */
    String read(URI location) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(location).timeout(timeout).build();
        CompletableFuture<HttpResponse<String>> pending = client.sendAsync(request, head -> new BoundedBody(MAX_BYTES));
        try {
            // The request's own timeout covers the response head only.
            HttpResponse<String> response = pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException("the response has status " + response.statusCode());
            }
            return response.body();
        } catch (TimeoutException e) {
            throw new IOException(timeoutMessage(), e);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause() == null ? e : e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            pending.cancel(true);
        }
    }

    private String reason(Throwable cause) {
        if (cause instanceof HttpTimeoutException) {
            return timeoutMessage();
        }
        if (cause instanceof ConnectException) {
            return hasCause(cause, UnresolvedAddressException.class) ? "no such host" : "connection refused";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
        Throwable cause = thrown;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private String timeoutMessage() {
        return "no complete response within %d ms".formatted(timeout.toMillis());
    }
}
