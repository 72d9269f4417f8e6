package dev.fnwatchdog.core.auth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The authority's key set, fetched again at intervals: new keys become known, and removed keys are refused
 * (specification 8.5). A fetch that fails changes nothing.
 *
 * <p>Threads: any; a daemon thread named {@code watchdog-jwt-keys} fetches.
 */
final class PublishedKeys implements AutoCloseable {
    private final DocumentReader reader;
    private final URI location;
    private final KeyRefreshPolicy refreshPolicy;
    private final Consumer<KeySet> receiver;
    private final WatchdogLog log;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "watchdog-jwt-keys");
        thread.setDaemon(true);
        return thread;
    });

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private CompletableFuture<Void> pendingFetch = CompletableFuture.completedFuture(null);

    @GuardedBy("this")
    private long lastRequest;

    /** @param receiver gets each set that was fetched */
    PublishedKeys(
            DocumentReader reader,
            URI location,
            KeyRefreshPolicy refreshPolicy,
            Consumer<KeySet> receiver,
            WatchdogLog log) {
        this.reader = reader;
        this.location = location;
        this.refreshPolicy = refreshPolicy;
        this.receiver = receiver;
        this.log = log;
        this.lastRequest = System.nanoTime() - refreshPolicy.minInterval().toNanos();
    }

    /** Fetches the set on the calling thread, and then at regular intervals. */
    void start() throws IOException {
        // Where this fails there is nothing to close: the executor has no thread before its first task.
        fetch();
        long nanos = refreshPolicy.refreshInterval().toNanos();
        var unused = executor.scheduleWithFixedDelay(this::refresh, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Fetches the set unless a fetch is pending or was requested just before. The result completes when the pending
     * fetch has ended, and at once if there is none.
     */
    synchronized CompletableFuture<Void> fetchUnlessRecent() {
        long now = System.nanoTime();
        if (pendingFetch.isDone()
                && now - lastRequest >= refreshPolicy.minInterval().toNanos()) {
            lastRequest = now;
            startFetch();
        }
        return pendingFetch;
    }

    private synchronized void refresh() {
        if (pendingFetch.isDone()) {
            startFetch();
        }
    }

    @GuardedBy("this")
    private void startFetch() {
        pendingFetch = CompletableFuture.runAsync(this::fetchOrKeep, executor);
    }

    private void fetchOrKeep() {
        try {
            fetch();
        } catch (IOException e) {
            log.warn("%s; the previous keys stay in use".formatted(e.getMessage()));
        }
    }

    private void fetch() throws IOException {
        try {
            receiver.accept(KeySet.parse(reader.read(location)));
        } catch (IOException e) {
            throw new IOException("jwt_auth: cannot read the key set at %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
