package dev.fnwatchdog.core.process.posix;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The system grants no further thread, as under a process limit. The JVM reports that as an {@link OutOfMemoryError}, as it
 * does a full heap; but this one concerns a single request, and is over when others have ended.
 */
public final class ThreadRefusedException extends RejectedExecutionException {
    /** In the JVM's message, on JDK 17 to 25. */
    private static final String NATIVE_THREAD = "native thread";

    private static final long serialVersionUID = 1L;

    private ThreadRefusedException(OutOfMemoryError cause) {
        super("the system grants no further thread", cause);
    }

    /**
     * Runs what may have to start a thread.
     *
     * @throws ThreadRefusedException where the system grants none
     */
    public static void check(Runnable starting) {
        try {
            starting.run();
        } catch (OutOfMemoryError e) {
            throw of(e);
        }
    }

    /** The same executor, which throws this in place of the error. */
    public static Executor checked(Executor executor) {
        return task -> check(() -> executor.execute(task));
    }

    /** Throws the error itself where it is about memory. */
    public static ThreadRefusedException of(OutOfMemoryError error) {
        if (!String.valueOf(error.getMessage()).contains(NATIVE_THREAD)) {
            throw error;
        }
        return new ThreadRefusedException(error);
    }
}
