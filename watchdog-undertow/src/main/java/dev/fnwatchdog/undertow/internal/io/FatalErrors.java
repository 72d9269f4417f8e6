package dev.fnwatchdog.undertow.internal.io;

import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends the program when the JVM cannot go on, above all for want of memory: a thread that has died of it would leave the
 * others looking healthy and serving nobody. The program alone has one; in a program that embeds the watchdog nothing ends.
 *
 * <p>Threads: any.
 */
public final class FatalErrors implements Consumer<Throwable> {
    /** As {@code -XX:+ExitOnOutOfMemoryError} has it. */
    static final int EXIT_STATUS = 3;

    private static final int LONGEST_CHAIN = 20;
    private static final int RESERVE = 512 * 1024;

    private final WatchdogLog log;
    private final Path lockFile;
    private final IntConsumer exit;
    /** Freed for the last line. */
    private final AtomicReference<byte @Nullable []> reserve = new AtomicReference<>(new byte[RESERVE]);

    private final AtomicBoolean ending = new AtomicBoolean();

    /**
     * @param lockFile removed at the end, for those who look whether it is there
     * @param exit ends the JVM at once, with a status
     */
    public FatalErrors(WatchdogLog log, Path lockFile, IntConsumer exit) {
        this.log = log;
        this.lockFile = lockFile;
        this.exit = exit;
    }

    /**
     * The error among {@code failure} and its causes after which the JVM cannot be relied on. A stack that was too deep is
     * whole again once the error is caught, and where the system starts no more threads nothing but that one start has failed.
     */
    public static @Nullable VirtualMachineError findFatal(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < LONGEST_CHAIN; i++) {
            if (cause instanceof VirtualMachineError error
                    && !(error instanceof StackOverflowError)
                    && !String.valueOf(error.getMessage()).startsWith("unable to create native thread")) {
                return error;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** Looks at something that was thrown, and does not return where it is fatal. */
    @Override
    public void accept(Throwable failure) {
        VirtualMachineError fatal = findFatal(failure);
        if (fatal != null && ending.compareAndSet(false, true)) {
            end(fatal);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // whatever fails on the way: it ends
    private void end(VirtualMachineError error) {
        try {
            reserve.set(null);
            log.error("The watchdog ends: " + error);
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            Files.deleteIfExists(lockFile);
            log.close();
        } catch (IOException | RuntimeException | Error ignored) {
            // There was no memory even for that.
        } finally {
            exit.accept(EXIT_STATUS);
        }
    }
}
