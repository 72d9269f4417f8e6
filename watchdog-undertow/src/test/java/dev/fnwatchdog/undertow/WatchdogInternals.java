package dev.fnwatchdog.undertow;

import dev.fnwatchdog.undertow.internal.io.IoLoops;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import io.undertow.connector.ByteBufferPool;
import org.xnio.XnioWorker;

/** What fixtures and tests of other packages need of the exported classes, and users of the library do not. */
public final class WatchdogInternals {
    private WatchdogInternals() {}

    /** The buffer pool that a watchdog makes for itself. */
    public static ByteBufferPool newBuffers() {
        return WatchdogServer.newBuffers();
    }

    /** Uses a pool of the test's own, so that its buffers can be counted. */
    public static WatchdogBuilder buffers(WatchdogBuilder builder, ByteBufferPool pool) {
        return builder.buffers(pool);
    }

    /** Replaces the share of the heap that clients may fill. */
    public static WatchdogBuilder memory(WatchdogBuilder builder, MemoryShares shares) {
        return builder.memory(shares);
    }

    /** Copies between processes and clients by threads, as on a system whose processes cannot open the watchdog's pipes. */
    public static WatchdogBuilder withoutDescriptors(WatchdogBuilder builder) {
        return builder.withoutDescriptors();
    }

    /** Lets the function be replaced, as {@code watchdog:run} does. */
    public static WatchdogBuilder replaceable(WatchdogBuilder builder) {
        return builder.replaceable();
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

    /** The number of requests that are not finished yet, to their last byte. */
    public static int inFlight(Watchdog watchdog) {
        return watchdog.server().inFlight();
    }
}
