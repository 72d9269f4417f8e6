package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.CountingBuffers;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.internal.http2.client.Http2ClientConnection;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import dev.fnwatchdog.undertow.internal.tls.Transport;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** Proves specification 3.50. */
@Timeout(60)
class Http2UpstreamPoolTest {
    private static final MemoryBudget UNLIMITED = MemoryShares.ofHeap(1L << 40).heads();

    private final XnioWorker worker = createWorker();
    private final XnioIoThread thread = worker.getIoThread();
    private final CountingBuffers buffers = new CountingBuffers(WatchdogInternals.newBuffers());
    private final LongAdder open = new LongAdder();
    private final AtomicLong now = new AtomicLong();

    private static XnioWorker createWorker() {
        try {
            return Xnio.getInstance()
                    .createWorker(OptionMap.builder()
                            .set(Options.WORKER_IO_THREADS, 1)
                            .set(Options.THREAD_DAEMON, true)
                            .getMap());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() throws Exception {
        worker.shutdownNow();
        assertThat(worker.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        Polling.until(Duration.ofSeconds(15), () -> buffers.unreleased().isEmpty());
    }

    private Http2UpstreamPool poolTo(int port) throws Exception {
        UpstreamAddress address =
                new UpstreamAddress(URI.create("h2c://127.0.0.1:" + port), HostLookup.Source.ofSystem(worker));
        return on(() -> new Http2UpstreamPool(
                thread,
                new Http2UpstreamPool.Resources(
                        new UpstreamPool(thread, address, Transport.CLEAR_TEXT, buffers, open),
                        buffers,
                        UNLIMITED,
                        open,
                        now::get)));
    }

    private <T> T on(Callable<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    /** Waits for room, and opens no stream. */
    private static final class Request implements Http2UpstreamPool.Waiting {
        private final CompletableFuture<Http2ClientConnection> found = new CompletableFuture<>();

        @Override
        public void roomFound(Http2ClientConnection connection) {
            found.complete(connection);
        }

        @Override
        public void failed(IOException reason) {
            found.completeExceptionally(reason);
        }
    }

    private Http2ClientConnection roomIn(Http2UpstreamPool pool) throws Exception {
        Request request = new Request();
        on(() -> {
            pool.request(request);
            return true;
        });
        return request.found.get(10, TimeUnit.SECONDS);
    }

    private void passAndSweep(Http2UpstreamPool pool, long nanos) throws Exception {
        now.addAndGet(nanos);
        on(() -> {
            pool.sweep();
            return true;
        });
    }

    @Test
    void aConnectionIsClosedWhenItHasBeenIdleFor90Seconds() throws Exception {
        try (Http2Upstream function = Http2Upstream.open()) {
            Http2UpstreamPool pool = poolTo(function.port());
            Http2ClientConnection first = roomIn(pool);
            try (Http2Upstream.Connection connection = function.accept()) {
                passAndSweep(pool, Duration.ofSeconds(90).toNanos());
                assertThat(roomIn(pool)).isSameAs(first);
                passAndSweep(pool, Duration.ofSeconds(90).toNanos());
                assertThat(open.sum()).isEqualTo(1);

                passAndSweep(pool, 1);
                connection.next(Http2Frames.GOAWAY);
                assertThat(connection.raw().readUntilClosedOrReset()).isNotNull();
                Polling.until(Duration.ofSeconds(15), () -> open.sum() == 0);
            }
        }
    }
}
