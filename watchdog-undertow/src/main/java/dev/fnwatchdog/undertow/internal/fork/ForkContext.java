package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.core.process.InvocationProcesses;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.mode.ProcessCounts;
import dev.fnwatchdog.undertow.internal.mode.ProcessEnd;
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
    OutputHead head() {
        return cgiResponse ? new CgiHead(contentType) : new FixedHead(contentType);
    }

    /** Counts starts and ends of processes for the metrics (specification 2.16). */
    static final class Counts {
        private final ProcessCounts processes;
        private final LongAdder failed;
        private final LongAdder killed;

        // Mutable state
        private volatile boolean stopping;

        Counts(MetricsRegistry registry) {
            processes = new ProcessCounts(registry);
            failed = registry.shared("watchdog_forks_failed_total", "function processes that could not be started");
            killed = registry.shared(
                    "watchdog_functions_killed_total", "function processes killed because their timeout expired");
        }

        void started() {
            processes.started();
        }

        /** Counts the end of a process that the watchdog has not killed for its request. */
        void ended(Termination termination) {
            ended(stopping ? ProcessEnd.STOPPED : ProcessEnd.of(termination));
        }

        void ended(ProcessEnd reason) {
            processes.ended(reason);
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
