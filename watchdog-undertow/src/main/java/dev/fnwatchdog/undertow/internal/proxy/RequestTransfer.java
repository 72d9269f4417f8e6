package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Transfer;
import java.io.IOException;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.channels.StreamSinkChannel;

/**
 * Transfers a request body to the function, at the speed at which the function reads it (specification 3.16). A client
 * that waits for a 100 gets it when the head has been written to the function (specification 3.20).
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class RequestTransfer {
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final UpstreamExchange upstreamExchange;
    private final StreamSinkChannel sink;

    RequestTransfer(Invocation invocation, UpstreamExchange upstreamExchange, StreamSinkChannel sink) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.upstreamExchange = upstreamExchange;
        this.sink = sink;
    }

    void start() {
        if (exchange.isRequestComplete()) {
            shutdownListener().handleEvent(sink);
            return;
        }
        try {
            if (HttpContinue.requiresContinueResponse(exchange) && !sink.flush()) {
                sink.getWriteSetter()
                        .set(ChannelListeners.flushingChannelListener(
                                flushed -> transfer(), (channel, failure) -> invocation.abort()));
                sink.resumeWrites();
                return;
            }
        } catch (IOException e) {
            upstreamExchange.sendFailed(e);
        }
        transfer();
    }

    /** Returns the listener that ends the request to the function once the whole body has been transferred. */
    private ChannelListener<StreamSinkChannel> shutdownListener() {
        return ChannelListeners.writeShutdownChannelListener(
                StreamSinkChannel::suspendWrites, (channel, failure) -> upstreamExchange.sendFailed(failure));
    }

    /** Returns whether the body is larger than a buffer of the usual size, or may be because its length is unknown. */
    private boolean isLarge(ByteBufferPool buffers) {
        long length = exchange.getRequestContentLength();
        return length < 0 || length > buffers.getBufferSize();
    }

    private void transfer() {
        ByteBufferPool buffers = exchange.getConnection().getByteBufferPool();
        Transfer.initiateTransfer(
                exchange.getRequestChannel(),
                sink,
                ChannelListeners.closingChannelListener(),
                shutdownListener(),
                (channel, failure) -> invocation.abort(),
                (channel, failure) -> invocation.abort(),
                isLarge(buffers) ? invocation.loop().largeBuffers() : buffers);
    }
}
