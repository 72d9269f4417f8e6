package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * The pipes of one process: three, or two where its standard error goes into its standard output. The watchdog's ends are
 * channels of the call's IO thread, so that nothing has to wait for the process.
 *
 * <p>Threads: the IO thread, but for {@link #stdio}.
 */
interface ProcessPipes {
    /** Makes pipes. */
    interface Maker {
        /** Makes the pipes of one process; {@code thread} is the caller's own. */
        ProcessPipes open(XnioIoThread thread, boolean errorsIntoOutput) throws IOException;

        /** Ends what it has started. */
        default void close() {}
    }

    /** How the process gets its ends. Valid until {@link #started} or {@link #notStarted}. */
    Stdio stdio();

    /** Leads to the process's standard input. */
    StreamSinkChannel input();

    /** What the process prints to standard output. */
    StreamSourceChannel output();

    /** What the process prints to standard error; nothing where that goes into the output. */
    @Nullable
    StreamSourceChannel errors();

    /**
     * The process has its ends: from now on they are its alone, so that their end can be seen.
     *
     * @throws java.util.concurrent.RejectedExecutionException where that takes threads which are not granted
     */
    void started(InvocationProcess process);

    /** There is no process, nor will there be. */
    void notStarted();
}
