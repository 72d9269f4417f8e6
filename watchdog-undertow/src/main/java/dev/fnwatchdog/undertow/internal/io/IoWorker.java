package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** Starts the threads of one watchdog, which both its ports share. */
public final class IoWorker {
    /** Only what blocks runs on these threads: in http mode no request, but lookups of names, checks of certificates and the metrics page. */
    private static final int TASK_THREADS_PER_PROCESSOR = 8;

    private IoWorker() {}

    /**
     * Returns the number of I/O threads, one for each processor. The JVM respects a container's share of the machine.
     */
    public static int ioThreads() {
        return Runtime.getRuntime().availableProcessors();
    }

    public static XnioWorker start() {
        int processors = ioThreads();
        try {
            return Xnio.getInstance(IoWorker.class.getClassLoader())
                    .createWorker(OptionMap.builder()
                            .set(Options.WORKER_NAME, "watchdog")
                            .set(Options.WORKER_IO_THREADS, processors)
                            .set(Options.WORKER_TASK_CORE_THREADS, 1)
                            .set(Options.WORKER_TASK_MAX_THREADS, processors * TASK_THREADS_PER_PROCESSOR)
                            .set(Options.THREAD_DAEMON, true)
                            .getMap());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the I/O threads", e);
        }
    }
}
