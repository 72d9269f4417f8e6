package dev.fnwatchdog.undertow.internal.mode;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import io.undertow.server.HttpHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Serves requests in one of the watchdog's modes, and manages what runs beside them. */
public interface Mode {
    /** Returns the handler of requests, the last of the chain. */
    HttpHandler handler();

    /** Starts what must run before the first request. */
    void start() throws FunctionFailedException;

    /** Returns whether a request could be served now. */
    boolean ready();

    /** Runs {@code action} once: now, or on any thread as soon as what was started can serve for the first time. */
    default void whenReady(Runnable action) {
        action.run();
    }

    /** Returns how many requests wait in the mode until it can serve them, beside those that wait for {@code max_inflight}. */
    default int waiting() {
        return 0;
    }

    /** Refuses the requests that wait in the mode; called at the end of the drain, before {@link #stop}. */
    default void refuseWaiting() {}

    /** Returns whether the mode would refuse the next request, because too many wait. */
    default boolean full() {
        return false;
    }

    /** Returns what the watchdog's own requests to the function's server are sent with; empty where the mode has no such server. */
    default Optional<UpstreamClient> upstreamClient() {
        return Optional.empty();
    }

    /** Completes when what was started has ended by itself; never where nothing was, or where its end is not the mode's. */
    default CompletionStage<Termination> ended() {
        return new CompletableFuture<>();
    }

    /** A newer version replaces this one: ends the requests that wait for what was started, and only those. */
    default void retire() {}

    /** Stops what was started: SIGTERM, a grace period, SIGKILL. Blocks. */
    void stop(Duration grace);

    /** Kills what was started, at once. */
    void kill();
}
