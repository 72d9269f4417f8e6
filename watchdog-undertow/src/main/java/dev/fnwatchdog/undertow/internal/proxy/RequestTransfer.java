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
 * Sends the body of a request to the function, and no faster than it reads. Where the client waits for a go-ahead he gets it
 * when the function has the head.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class RequestTransfer {
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final UpstreamExchange function;
    private final StreamSinkChannel to;

    RequestTransfer(Invocation invocation, UpstreamExchange function, StreamSinkChannel to) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.function = function;
        this.to = to;
    }

    void start() {
        if (exchange.isRequestComplete()) {
            end().handleEvent(to);
            return;
        }
        try {
            if (HttpContinue.requiresContinueResponse(exchange) && !to.flush()) {
                to.getWriteSetter()
                        .set(ChannelListeners.flushingChannelListener(
                                sent -> transfer(), (channel, broken) -> invocation.abort()));
                to.resumeWrites();
                return;
            }
        } catch (IOException e) {
            function.sendFailed(e);
        }
        transfer();
    }

    /** For when all of it has been handed on. */
    private ChannelListener<StreamSinkChannel> end() {
        return ChannelListeners.writeShutdownChannelListener(
                StreamSinkChannel::suspendWrites, (channel, broken) -> function.sendFailed(broken));
    }

    /** Or may be. */
    private boolean isLarge(ByteBufferPool buffers) {
        long length = exchange.getRequestContentLength();
        return length < 0 || length > buffers.getBufferSize();
    }

    private void transfer() {
        ByteBufferPool buffers = exchange.getConnection().getByteBufferPool();
        Transfer.initiateTransfer(
                exchange.getRequestChannel(),
                to,
                ChannelListeners.closingChannelListener(),
                end(),
                (channel, broken) -> invocation.abort(),
                (channel, broken) -> invocation.abort(),
                isLarge(buffers) ? invocation.loop().largeBuffers() : buffers);
    }
}
