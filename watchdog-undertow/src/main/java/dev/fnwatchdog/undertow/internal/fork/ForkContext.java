package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.core.process.InvocationProcesses;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the calls of a mode with one process a call share. Threads: any.
 *
 * @param command for messages
 * @param contentType forced on what processes print
 * @param execTimeout zero: none
 */
record ForkContext(
        InvocationProcesses processes,
        ProcessPipes.Maker pipes,
        WatchdogLog log,
        LogConfig logConfig,
        String command,
        String contentType,
        Duration execTimeout,
        Counts counts) {
    /** What an operator wants to know of them. */
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

        /** Whether what runs is being killed, so that its output is not whole. */
        boolean stopping() {
            return stopping;
        }

        void stop() {
            stopping = true;
        }
    }
}
