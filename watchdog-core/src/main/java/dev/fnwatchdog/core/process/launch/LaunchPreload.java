package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.ForeignFunctions;

/**
 * Loads what starting a process takes while others do something else: on JDK 22 and later linking to the C library takes
 * tens of milliseconds, a fifth of the watchdog's start.
 */
public final class LaunchPreload {
    private LaunchPreload() {}

    /**
     * Begins to load, on a daemon thread that ends with that, and returns at once; whoever starts a process meanwhile waits
     * for it. Does nothing on an older JDK, and where there is no second processor to do it.
     */
    public static void begin() {
        if (Runtime.version().feature() >= ForeignFunctions.FIRST_RELEASE
                && Runtime.getRuntime().availableProcessors() > 1) {
            Thread thread = new Thread(NativeLauncher::available, "watchdog-preload");
            thread.setDaemon(true);
            thread.start();
        }
    }
}
