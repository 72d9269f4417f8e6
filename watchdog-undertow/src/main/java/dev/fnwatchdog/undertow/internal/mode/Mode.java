package dev.fnwatchdog.undertow.internal.mode;

import dev.fnwatchdog.core.process.FunctionFailedException;
import io.undertow.server.HttpHandler;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What a mode does with the calls, and with whatever runs beside them. */
public interface Mode {
    /** Serves a call; it stands at the end of the chain. */
    HttpHandler handler();

    /** Starts what has to run before the first call. */
    void start() throws FunctionFailedException;

    /** Whether a call could be served now. */
    boolean ready();

    /** Completes when what was started has ended by itself, with the words for it. */
    CompletionStage<String> ended();

    /** Ends what was started, in order: SIGTERM, a grace, SIGKILL. Blocks. */
    void stop(Duration grace);

    /** Ends what was started, at once. */
    void kill();
}
