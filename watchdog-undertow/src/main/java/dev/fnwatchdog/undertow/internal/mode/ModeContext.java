package dev.fnwatchdog.undertow.internal.mode;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.connector.ByteBufferPool;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioWorker;

/**
 * The objects that a mode is created with.
 *
 * @param environment of the function
 * @param worker whose threads serve requests
 * @param buffers of the usual size
 * @param bodies the memory for bodies that are buffered as a whole
 * @param passesDescriptors whether processes may open the watchdog's own pipes, where the system allows it
 * @param handler the function of inproc mode; null: found by the settings
 */
public record ModeContext(
        WatchdogConfig config,
        Map<String, String> environment,
        WatchdogLog log,
        MetricsRegistry registry,
        XnioWorker worker,
        ByteBufferPool buffers,
        MemoryBudget bodies,
        boolean passesDescriptors,
        @Nullable Object handler) {
    /** Returns the context of a newer version of the same function, which registers metrics of its own. */
    public ModeContext renewed(WatchdogConfig newConfig, Map<String, String> newEnvironment) {
        registry.removeFunction();
        return new ModeContext(
                newConfig, newEnvironment, log, registry, worker, buffers, bodies, passesDescriptors, handler);
    }
}
