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
 * static mode: answers with files (contract 1). What was asked for a moment ago is answered at once; for all else somebody
 * looks on the disk, on a thread that may wait for it.
 *
 * <p>Threads: the exchange's IO thread; looking happens on a worker's.
 */
final class StaticHandler implements HttpHandler {
    private static final HttpString NO_SNIFF = new HttpString("X-Content-Type-Options");
    private static final CannedResponse MISSING = refusal(StatusCodes.NOT_FOUND, "404 page not found\n");
    private static final CannedResponse FORBIDDEN = refusal(StatusCodes.FORBIDDEN, "403 forbidden\n");
    private static final CannedResponse BAD_REQUEST = refusal(StatusCodes.BAD_REQUEST, "400 bad request\n");

    /** How often somebody looks again where a file is replaced just then. */
    private static final int LOOKS = 3;

    private final ServedFolder folder;
    private final FileCache cache;
    private final Executor worker;
    private final WatchdogLog log;

    StaticHandler(ServedFolder folder, FileCache cache, Executor worker, WatchdogLog log) {
        this.folder = folder;
        this.cache = cache;
        this.worker = worker;
        this.log = log;
    }

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
            send(invocation, path, known, LOOKS);
        } else {
            look(invocation, path, LOOKS);
        }
    }

    private void send(Invocation invocation, String path, StaticFile file, int looks) throws IOException {
        try {
            FileResponse.send(invocation, file);
        } catch (AccessDeniedException forbidden) {
            FORBIDDEN.send(invocation.exchange());
        } catch (NoSuchFileException changed) {
            if (looks == 0) {
                // As one that is never there when somebody looks.
                MISSING.send(invocation.exchange());
            } else {
                look(invocation, path, looks - 1);
            }
        }
    }

    private void look(Invocation invocation, String path, int looks) {
        HttpServerExchange exchange = invocation.exchange();
        FutureTask<StaticLookup> look = new FutureTask<>(() -> folder.find(StaticPath.of(path), cache.find(path)));
        HttpHandler next = new FailureHandler(ex -> found(invocation, path, look.get(), looks), log);
        exchange.dispatch(worker, () -> {
            look.run();
            exchange.dispatch(exchange.getIoThread(), next);
        });
    }

    private void found(Invocation invocation, String path, StaticLookup found, int looks) throws IOException {
        HttpServerExchange exchange = invocation.exchange();
        if (found instanceof StaticFile file) {
            if (file.role() != StaticFile.Role.FALLBACK_PAGE) {
                cache.put(path, file);
            }
            if (!invocation.stopped()) {
                send(invocation, path, file, looks);
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
            MISSING.send(exchange);
        }
    }
}
