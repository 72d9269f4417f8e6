package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.health.Lifecycle;
import dev.fnwatchdog.core.health.LockFile;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.IOException;

/**
 * Whether the watchdog says that it may be sent calls: its state, and the lock file that tells it to those who look at
 * files (contract 2).
 *
 * <p>Threads: any; a look at the lock file is one system call.
 */
public final class Availability {
    private final Lifecycle lifecycle = new Lifecycle();
    private final LockFile lockFile;
    private final boolean usesLockFile;

    // Mutable state
    private volatile boolean written;

    public Availability(LockFile lockFile, boolean usesLockFile) {
        this.lockFile = lockFile;
        this.usesLockFile = usesLockFile;
    }

    /**
     * From now on it is healthy.
     *
     * @param port where those who find the lock file can ask
     */
    public void begin(WatchdogLog log, int port) throws IOException {
        if (usesLockFile) {
            log.info("Writing lock-file to: " + lockFile.path());
            lockFile.write(port);
            written = true;
        }
        lifecycle.toAccepting();
    }

    public boolean healthy() {
        return lifecycle.accepting() && (!usesLockFile || lockFile.present());
    }

    /** From now on it is not, whatever happens. A lock file that another watchdog has written stays. */
    public void stop() {
        lifecycle.toDraining();
        if (written) {
            lockFile.remove();
        }
    }

    /** Whether the stop has begun. */
    public boolean stopping() {
        return lifecycle.stopping();
    }

    public void stopped() {
        lifecycle.toStopped();
    }
}
