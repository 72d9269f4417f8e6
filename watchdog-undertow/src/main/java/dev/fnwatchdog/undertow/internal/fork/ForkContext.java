package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.core.process.InvocationProcesses;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The state that all requests of streaming or serializing mode share. Threads: any.
 *
 * @param command the program's name in messages
 * @param contentType the {@code Content-Type} of every response of a process that names none itself (specification 4.6)
 * @param cgiResponse whether an output begins with response fields (specification 4.19)
 * @param execTimeout zero: no timeout
 */
record ForkContext(
        InvocationProcesses processes,
        ProcessPipes.Maker pipes,
        WatchdogLog log,
        LogConfig logConfig,
        String command,
        String contentType,
        boolean cgiResponse,
        Duration execTimeout,
        Counts counts) {
    /** Returns the head of the response to one request. */
    OutputHead head(Invocation invocation) {
        return cgiResponse ? new CgiHead(invocation.loop().headerLines(), contentType) : new FixedHead(contentType);
    }

    /** Counts failed starts and timeouts for the metrics (specification 2.16). */
    static final class Counts {
        private final LongAdder failed = new LongAdder();
        private final LongAdder killed = new LongAdder();

        // Mutable state
        private volatile boolean stopping;

        void exposeIn(MetricsRegistry registry) {
            registry.counter(
                    "watchdog_forks_failed_total", "function processes that could not be started", failed::sum);
            registry.counter(
                    "watchdog_functions_killed_total", "function processes killed for their timeout", killed::sum);
        }

        void failed() {
            failed.increment();
        }

        void killedByTimeout() {
            killed.increment();
        }

        /** Whether all processes are being killed, so that their output may be truncated (specification 4.22). */
        boolean stopping() {
            return stopping;
        }

        void stop() {
            stopping = true;
        }
    }
}
