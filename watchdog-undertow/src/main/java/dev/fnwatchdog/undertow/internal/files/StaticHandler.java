package dev.fnwatchdog.undertow.internal.files;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.handler.FailureHandler;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * Responds with files, in static mode (specification 1.25). It serves a file that was looked up a moment ago at once; otherwise
 * it looks the path up on a thread that may block.
 *
 * <p>Threads: the exchange's I/O thread; lookups run on a worker thread.
 */
record StaticHandler(ServedFolder folder, FileCache cache, OpenFiles openFiles, Executor worker, WatchdogLog log)
        implements HttpHandler {
    private static final HttpString NO_SNIFF = new HttpString("X-Content-Type-Options");
    private static final CannedResponse NOT_FOUND = refusal(StatusCodes.NOT_FOUND, "404 page not found\n");
    private static final CannedResponse FORBIDDEN = refusal(StatusCodes.FORBIDDEN, "403 forbidden\n");
    private static final CannedResponse BAD_REQUEST = refusal(StatusCodes.BAD_REQUEST, "400 bad request\n");

    /** How often a file that is replaced between lookup and opening is looked up again. */
    private static final int MAX_LOOKUPS = 3;

    private static CannedResponse refusal(int status, String text) {
        return CannedResponse.of(status)
                .withBody(WatchdogHeaders.PLAIN_TEXT, text)
                .with(NO_SNIFF, "nosniff");
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation invocation = Invocation.of(exchange);
        String path = RequestTarget.path(exchange);
        StaticFile known = cache.find(path);
        if (known != null && known.isFreshAt(invocation.start())) {
            send(invocation, path, known, MAX_LOOKUPS);
        } else {
            lookUp(invocation, path, MAX_LOOKUPS);
        }
    }

    private void send(Invocation invocation, String path, StaticFile file, int lookupsLeft) throws IOException {
        try {
            FileResponse.send(invocation, openFiles, file);
        } catch (AccessDeniedException forbidden) {
            FORBIDDEN.send(invocation.exchange());
        } catch (NoSuchFileException changed) {
            if (lookupsLeft == 0) {
                // Respond as to a file that is missing at each lookup.
                NOT_FOUND.send(invocation.exchange());
            } else {
                lookUp(invocation, path, lookupsLeft - 1);
            }
        }
    }

    private void lookUp(Invocation invocation, String path, int lookupsLeft) {
        HttpServerExchange exchange = invocation.exchange();
        FutureTask<StaticLookup> lookup = new FutureTask<>(() -> folder.find(StaticPath.of(path), cache.find(path)));
        HttpHandler next = new FailureHandler(ex -> respond(invocation, path, lookup.get(), lookupsLeft), log);
        exchange.dispatch(worker, () -> {
            lookup.run();
            exchange.dispatch(exchange.getIoThread(), next);
        });
    }

    private void respond(Invocation invocation, String path, StaticLookup found, int lookupsLeft) throws IOException {
        HttpServerExchange exchange = invocation.exchange();
        if (found instanceof StaticFile file) {
            if (file.role() != StaticFile.Role.FALLBACK_PAGE) {
                cache.put(path, file);
            }
            if (!invocation.stopped()) {
                send(invocation, path, file, lookupsLeft);
            }
            return;
        }
        cache.remove(path);
        if (invocation.stopped()) {
            return;
        }
        if (found instanceof StaticLookup.Refused refused) {
            refuse(exchange, refused.status());
        } else {
            String location = StaticPath.of(path).folderLocation(exchange.getQueryString());
            CannedResponse.of(StatusCodes.MOVED_PERMANENTLY)
                    .with(Headers.LOCATION, location)
                    .send(exchange);
        }
    }

    private static void refuse(HttpServerExchange exchange, int status) {
        if (status == StatusCodes.FORBIDDEN) {
            FORBIDDEN.send(exchange);
        } else if (status == StatusCodes.BAD_REQUEST) {
            BAD_REQUEST.send(exchange);
        } else {
            NOT_FOUND.send(exchange);
        }
    }
}
