package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The exceptions that came out of channel listeners: XNIO only logs them, so that a test which does not look would pass.
 * Threads: any.
 */
final class FailedListeners extends Handler implements AutoCloseable {
    // Held, since the logging system forgets a logger that nobody holds, and its handlers with it.
    private static final Logger XNIO = Logger.getLogger("org.xnio.listener");

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    private FailedListeners() {}

    /** Collects them from now on, of all watchdogs in this JVM. */
    static FailedListeners watch() {
        FailedListeners watching = new FailedListeners();
        XNIO.addHandler(watching);
        return watching;
    }

    @Override
    public void publish(LogRecord event) {
        if (event.getThrown() != null) {
            failures.add(event.getThrown());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        XNIO.removeHandler(this);
    }

    void assertNone() {
        assertThat(failures).isEmpty();
    }
}
