package dev.fnwatchdog.core.auth;

import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The authority's key set, read anew now and then, so that new keys are known and keys that are gone are refused (contract
 * 8). A reading that fails changes nothing.
 *
 * <p>Threads: any; reading happens on one of its own, a daemon named {@code watchdog-jwt-keys}.
 */
final class PublishedKeys implements AutoCloseable {
    private final DocumentReader reader;
    private final URI location;
    private final KeyRefreshPolicy pace;
    private final Consumer<KeySet> receiver;
    private final WatchdogLog log;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "watchdog-jwt-keys");
        made.setDaemon(true);
        return made;
    });

    // Mutable state, under this object's lock
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
    private long asked;

    private PublishedKeys(
            DocumentReader reader, URI location, KeyRefreshPolicy pace, Consumer<KeySet> receiver, WatchdogLog log) {
        this.reader = reader;
        this.location = location;
        this.pace = pace;
        this.receiver = receiver;
        this.log = log;
        this.asked = System.nanoTime() - pace.minInterval().toNanos();
    }

    /**
     * Reads the set, on the caller's thread, and from then on regularly.
     *
     * @param receiver is given each set that could be read
     */
    static PublishedKeys start(
            DocumentReader reader, URI location, KeyRefreshPolicy pace, Consumer<KeySet> receiver, WatchdogLog log)
            throws IOException {
        PublishedKeys keys = new PublishedKeys(reader, location, pace, receiver, log);
        try {
            keys.read();
            long nanos = pace.refreshInterval().toNanos();
            var unused = keys.thread.scheduleWithFixedDelay(keys::refresh, nanos, nanos, TimeUnit.NANOSECONDS);
            return keys;
        } catch (IOException e) {
            keys.close();
            throw e;
        }
    }

    /**
     * Completes when the reading that is under way has ended, or one that begins now, unless another was asked for just
     * before; at once where there is none.
     */
    synchronized CompletableFuture<Void> fetchUnlessRecent() {
        long now = System.nanoTime();
        if (underWay.isDone() && now - asked >= pace.minInterval().toNanos()) {
            asked = now;
            begin();
        }
        return underWay;
    }

    private synchronized void refresh() {
        if (underWay.isDone()) {
            begin();
        }
    }

    private void begin() {
        underWay = CompletableFuture.runAsync(this::readOrKeep, thread);
    }

    private void readOrKeep() {
        try {
            read();
        } catch (IOException e) {
            log.warn("%s; the keys that were read before are kept".formatted(e.getMessage()));
        }
    }

    private void read() throws IOException {
        try {
            receiver.accept(KeySet.parse(reader.read(location)));
        } catch (IOException e) {
            throw new IOException("jwt_auth: cannot read the key set at %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
