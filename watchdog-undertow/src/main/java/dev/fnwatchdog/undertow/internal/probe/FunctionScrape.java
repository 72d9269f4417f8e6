package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.BufferedBody;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.mode.UpstreamClient;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * One request for the function's metrics page (specification 2.17). The page is read as a whole before its response begins, so
 * that each failure has a status of its own, and no part of a page is taken for the whole.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class FunctionScrape {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MEBIBYTE = 1024 * 1024;
    private static final int MAX_MEBIBYTES = 8;
    private static final String TOO_LARGE = "the function's metrics page is longer than " + MAX_MEBIBYTES + " MiB";

    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final String path;
    private final WatchdogLog log;
    private final BufferedBody body;
    private final @Nullable String connection;

    FunctionScrape(Invocation invocation, String path, MemoryBudget memory, WatchdogLog log) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.path = path;
        this.log = log;
        this.body = new BufferedBody(memory);
        this.connection = exchange.getResponseHeaders().getFirst(Headers.CONNECTION);
    }

    /** Calls one method where Undertow's client has succeeded, and another one where it has not. */
    private record Callback(Consumer<ClientExchange> success, Consumer<IOException> failure)
            implements ClientCallback<ClientExchange> {
        @Override
        public void completed(ClientExchange result) {
            success.accept(result);
        }

        @Override
        public void failed(IOException reason) {
            failure.accept(reason);
        }
    }

    private Callback callback(Consumer<ClientExchange> success) {
        return new Callback(success, this::brokenOff);
    }

    /** Sends the request. A response to the scrape follows in every case. */
    void send(UpstreamClient upstream) {
        FunctionTarget.set(exchange, path);
        invocation.atEnd(body::free);
        invocation.setTimeout(TIMEOUT, this::expired);
        upstream.connect(exchange, reason -> fail(StatusCodes.BAD_GATEWAY, reason))
                .sendRequest(
                        new ClientRequest()
                                .setMethod(exchange.getRequestMethod())
                                .setPath(path),
                        callback(this::started));
    }

    private void started(ClientExchange request) {
        request.setResponseListener(callback(this::headReceived));
        StreamSinkChannel channel = request.getRequestChannel();
        try {
            channel.shutdownWrites();
            if (!channel.flush()) {
                channel.getWriteSetter()
                        .set(ChannelListeners.flushingChannelListener(
                                StreamSinkChannel::suspendWrites, (sink, failure) -> brokenOff(failure)));
                channel.resumeWrites();
            }
        } catch (IOException failure) {
            brokenOff(failure);
        }
    }

    private void headReceived(ClientExchange request) {
        ClientResponse head = request.getResponse();
        int status = head.getResponseCode();
        String length = head.getResponseHeaders().getFirst(Headers.CONTENT_LENGTH);
        if (status != StatusCodes.OK) {
            fail(StatusCodes.BAD_GATEWAY, "the function has responded to %s with status %d".formatted(path, status));
        } else if (reserve(length == null ? 0 : Long.parseLong(length))) {
            read(request.getResponseChannel());
        }
    }

    private boolean reserve(long announced) {
        if (announced > MAX_MEBIBYTES * MEBIBYTE) {
            fail(StatusCodes.BAD_GATEWAY, TOO_LARGE);
            return false;
        }
        if (!body.announce(announced)) {
            memoryIsScarce();
            return false;
        }
        return true;
    }

    private void read(StreamSourceChannel channel) {
        try {
            channel.suspendReads();
            BufferedBody.Progress progress = body.readFrom(channel);
            if (progress == BufferedBody.Progress.TOO_LARGE) {
                memoryIsScarce();
            } else if (body.size() > MAX_MEBIBYTES * MEBIBYTE) {
                fail(StatusCodes.BAD_GATEWAY, TOO_LARGE);
            } else if (progress == BufferedBody.Progress.COMPLETE) {
                respond();
            } else {
                channel.getReadSetter().set(this::read);
                channel.resumeReads();
            }
        } catch (IOException failure) {
            brokenOff(failure);
        }
    }

    private void respond() {
        if (invocation.stopped()) {
            return;
        }
        // Sending the page has its own limit, write_timeout.
        invocation.cancelTimeout();
        exchange.getResponseHeaders().remove(Headers.TRANSFER_ENCODING);
        CannedResponse.ofFunction(StatusCodes.OK).withBody(body.pieces()).send(exchange);
    }

    private void expired() {
        fail(
                StatusCodes.GATEWAY_TIME_OUT,
                "the function has not sent its metrics page within " + GoDuration.format(TIMEOUT));
    }

    private void memoryIsScarce() {
        fail(StatusCodes.BAD_GATEWAY, "the function's metrics page does not fit into the memory for bodies");
    }

    private void brokenOff(IOException reason) {
        fail(StatusCodes.BAD_GATEWAY, "the function aborted its metrics page: " + reason.getMessage());
    }

    /** Responds in place of the function. Without effect where the scrape has ended, for example by another failure. */
    private void fail(int status, String reason) {
        if (invocation.stopped()) {
            return;
        }
        log.warn("/metrics/function: " + reason);
        body.free();
        // Those of a head that the function has sent.
        HeaderMap headers = exchange.getResponseHeaders();
        headers.clear();
        if (connection != null) {
            headers.put(Headers.CONNECTION, connection);
        }
        invocation.respondInstead(
                CannedResponse.ofWatchdog(status).withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"));
    }
}
