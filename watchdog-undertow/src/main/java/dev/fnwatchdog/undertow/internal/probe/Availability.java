package dev.fnwatchdog.undertow.internal.probe;

import dev.fnwatchdog.core.health.Lifecycle;
import dev.fnwatchdog.core.health.LockFile;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.IOException;

/**
 * Whether the watchdog accepts requests: its lifecycle state and its lock file (specification 2.1, 2.20).
 *
 * <p>Threads: any; a check of the lock file is one system call.
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
     * Makes it healthy, and writes the lock file where it is used.
     *
     * @param port written to the lock file
     */
    public void begin(WatchdogLog log, int port) throws IOException {
        if (usesLockFile) {
            log.info("Writing lock-file to: " + lockFile.path());
            LockFile.Inspection other = LockFile.inspect(lockFile.path());
            if (other.state() == LockFile.State.HELD) {
                log.warn("""
                        The lock file %s is held by another watchdog, on port %d, and is replaced. When one of the two \
                        stops, the other is unhealthy: set suppress_lock=true, or another TMPDIR, for one of them""".formatted(lockFile.path(), other.port()));
            }
            lockFile.write(port);
            written = true;
        }
        lifecycle.toAccepting();
    }

    public boolean healthy() {
        return lifecycle.accepting() && (!usesLockFile || lockFile.present());
    }

    /** Makes it unhealthy for good. A lock file that another watchdog has written stays. */
    public void stop() {
        lifecycle.toDraining();
        if (written) {
            lockFile.remove();
        }
    }

    /** Returns whether the shutdown has begun. */
    public boolean stopping() {
        return lifecycle.stopping();
    }

    public void stopped() {
        lifecycle.toStopped();
    }
}
