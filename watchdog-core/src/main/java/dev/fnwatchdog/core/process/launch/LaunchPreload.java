package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.ForeignFunctions;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;

/**
 * Loads the classes that starting a process needs, in the background. On JDK 22 and later linking to the C library takes
 * tens of milliseconds, a fifth of the watchdog's startup.
 */
public final class LaunchPreload {
    private LaunchPreload() {}

    /**
     * Starts loading on a daemon thread and returns at once. The thread ends when everything is loaded; starting a process
     * waits for that. Does nothing on an older JDK or with a single processor.
     */
    public static void begin() {
        if (Runtime.version().feature() >= ForeignFunctions.FIRST_RELEASE
                && Runtime.getRuntime().availableProcessors() > 1) {
            Thread thread = new Thread(NativeLauncher::available, "watchdog-preload");
            thread.setDaemon(true);
            try {
                ThreadRefusedException.check(thread::start);
            } catch (ThreadRefusedException ignored) {
                // The first start of a process then loads them.
            }
        }
    }
}
