package dev.fnwatchdog.undertow.internal.mode;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.connector.ByteBufferPool;
import java.util.Map;
import org.xnio.XnioWorker;

/**
 * What a mode is made with.
 *
 * @param environment of the function
 * @param worker whose threads serve requests
 * @param buffers of the usual size
 * @param bodies the memory for bodies that are held as a whole
 * @param passesDescriptors whether processes may open the watchdog's own pipes, where the system lets them
 */
public record ModeContext(
        WatchdogConfig config,
        Map<String, String> environment,
        WatchdogLog log,
        MetricsRegistry registry,
        XnioWorker worker,
        ByteBufferPool buffers,
        MemoryBudget bodies,
        boolean passesDescriptors) {
    /** For a newer version of the same function, whose figures take the place of the older one's. */
    public ModeContext renewed(WatchdogConfig newConfig, Map<String, String> newEnvironment) {
        registry.removeNamed();
        return new ModeContext(newConfig, newEnvironment, log, registry, worker, buffers, bodies, passesDescriptors);
    }
}
