package dev.fnwatchdog.core.process.posix;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown when the system grants no further thread, for example under a process limit. The JVM reports this as an {@link
 * OutOfMemoryError}, like a full heap; but it affects a single request only, and is temporary.
 */
public final class ThreadRefusedException extends RejectedExecutionException {
    /** Part of the JVM's message on JDK 17 to 25. */
    private static final String NATIVE_THREAD = "native thread";

    private static final long serialVersionUID = 1L;

    private ThreadRefusedException(OutOfMemoryError cause) {
        super("the system grants no further thread", cause);
    }

    /**
     * Runs an action that may have to start a thread.
     *
     * @throws ThreadRefusedException if the system grants no thread
     */
    public static void check(Runnable starting) {
        try {
            starting.run();
        } catch (OutOfMemoryError e) {
            throw of(e);
        }
    }

    /** Wraps an executor to throw this exception in place of the error. */
    public static Executor checked(Executor executor) {
        return task -> check(() -> executor.execute(task));
    }

    /** Converts the error to this exception; throws the error itself if it is about memory. */
    public static ThreadRefusedException of(OutOfMemoryError error) {
        if (!String.valueOf(error.getMessage()).contains(NATIVE_THREAD)) {
            throw error;
        }
        return new ThreadRefusedException(error);
    }
}
