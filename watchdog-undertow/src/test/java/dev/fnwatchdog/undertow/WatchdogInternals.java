package dev.fnwatchdog.undertow;

import dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import io.undertow.connector.ByteBufferPool;
import org.xnio.XnioWorker;

/** Gives fixtures and tests of other packages access to the package-private parts of the exported classes. */
public final class WatchdogInternals {
    private WatchdogInternals() {}

    /** Creates a buffer pool as a watchdog does. */
    public static IoBuffers newBuffers() {
        return WatchdogServer.newBuffers();
    }

    /** Uses the test's own pool, so that the test can count its buffers. */
    public static WatchdogBuilder buffers(WatchdogBuilder builder, ByteBufferPool pool) {
        return builder.buffers(pool);
    }

    /** Replaces the share of the heap that clients may use. */
    public static WatchdogBuilder memory(WatchdogBuilder builder, MemoryShares shares) {
        return builder.memory(shares);
    }

    /**
     * Copies between processes and clients with threads, as on a system whose processes cannot open the watchdog's
     * pipes.
     */
    public static WatchdogBuilder withoutDescriptors(WatchdogBuilder builder) {
        return builder.withoutDescriptors();
    }

    /** Makes the function replaceable, as {@code watchdog:run} does. */
    public static WatchdogBuilder replaceable(WatchdogBuilder builder) {
        return replaceable(builder, ReplaceableMode.FirstVersion.BUILT);
    }

    public static WatchdogBuilder replaceable(WatchdogBuilder builder, ReplaceableMode.FirstVersion first) {
        return replaceable(builder, first, DevelopmentPages.Access.LOCAL_CLIENTS);
    }

    public static WatchdogBuilder replaceable(
            WatchdogBuilder builder, ReplaceableMode.FirstVersion first, DevelopmentPages.Access pages) {
        return builder.replaceable(first, pages);
    }

    public static ReplaceableMode replaceable(Watchdog watchdog) {
        return watchdog.replaceable().orElseThrow();
    }

    public static IoLoops loops(Watchdog watchdog) {
        return watchdog.server().loops();
    }

    public static XnioWorker worker(Watchdog watchdog) {
        return watchdog.server().worker();
    }

    /** Returns the number of requests whose last byte has not been sent yet. */
    public static int inFlight(Watchdog watchdog) {
        return watchdog.server().inFlight();
    }
}
