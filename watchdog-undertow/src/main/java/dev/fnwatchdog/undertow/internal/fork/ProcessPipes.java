package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * The pipes of one process: three, or two if its standard error goes into its standard output. The watchdog's ends are
 * non-blocking channels of the request's I/O thread.
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

    /** Describes the process's ends for its start. Valid until {@link #started} or {@link #notStarted}. */
    Stdio stdio();

    /** Writes to the process's standard input. */
    StreamSinkChannel input();

    /** Reads the process's standard output. */
    StreamSourceChannel output();

    /** Reads the process's standard error; null if that goes into the output. */
    @Nullable
    StreamSourceChannel errors();

    /**
     * Hands the far ends over to the started process: the watchdog keeps no copy that would prevent EOF.
     *
     * @throws java.util.concurrent.RejectedExecutionException if this needs threads and the system grants none
     */
    void started(InvocationProcess process);

    /** Closes the far ends, because no process will be started. */
    void notStarted();
}
