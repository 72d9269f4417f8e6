package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import java.io.IOException;
import org.xnio.XnioIoThread;

/**
 * How the pipes of one process reach it.
 *
 * <p>Threads: the I/O thread; any for {@link #stdio}.
 */
interface ProcessPipes {
    /** Opens pipes. */
    interface Maker {
        /** Opens the pipes of one process; {@code thread} is the current thread. */
        ProcessPipes open(XnioIoThread thread, boolean errorsIntoOutput) throws IOException;

        /** Stops the threads that it has started. */
        default void close() {}
    }

    PipeSet ends();

    /** Describes the process's ends for its start. Valid until {@link #started}, or until the pipes are closed. */
    Stdio stdio();

    /**
     * Hands the far ends over to the started process: the watchdog keeps no copy that would prevent EOF.
     *
     * @throws java.util.concurrent.RejectedExecutionException if this needs threads and the system grants none
     */
    void started(InvocationProcess process);
}
