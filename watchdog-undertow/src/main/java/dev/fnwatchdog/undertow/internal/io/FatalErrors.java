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
 * Ends the program when the JVM cannot go on, above all when it runs out of memory (specification 7.23): a thread that
 * has ended because of it would leave the others looking healthy while they serve no requests. Only the program has an
 * instance; in a program that embeds the watchdog nothing ends.
 *
 * <p>Threads: any.
 */
public final class FatalErrors implements Consumer<Throwable> {
    /** The same as with {@code -XX:+ExitOnOutOfMemoryError}. */
    static final int EXIT_STATUS = 3;

    private static final int MAX_CAUSES = 20;
    private static final int RESERVE_BYTES = 512 * 1024;

    private final WatchdogLog log;
    private final Path lockFile;
    private final IntConsumer exit;
    /** Memory that is freed to log the last line. */
    private final AtomicReference<byte @Nullable []> reserve = new AtomicReference<>(new byte[RESERVE_BYTES]);

    private final AtomicBoolean ending = new AtomicBoolean();

    /**
     * @param lockFile removed at the end, for health checks that test whether it exists
     * @param exit ends the JVM at once, with a status
     */
    public FatalErrors(WatchdogLog log, Path lockFile, IntConsumer exit) {
        this.log = log;
        this.lockFile = lockFile;
        this.exit = exit;
    }

    /**
     * Returns the error among {@code failure} and its causes after which the JVM cannot be relied on, or null. A
     * {@link StackOverflowError} is none, because the stack is usable again once it is caught; nor is a thread that the
     * system does not start, because only that start has failed (specification 7.24).
     */
    public static @Nullable VirtualMachineError findFatal(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof VirtualMachineError error
                    && !(error instanceof StackOverflowError)
                    && !String.valueOf(error.getMessage()).startsWith("unable to create native thread")) {
                return error;
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** Checks something that was thrown, and does not return where it is fatal. */
    @Override
    public void accept(Throwable failure) {
        VirtualMachineError fatal = findFatal(failure);
        if (fatal != null && ending.compareAndSet(false, true)) {
            end(fatal);
        }
    }

    @SuppressWarnings("CatchingUnchecked") // the program ends, whatever fails here
    private void end(VirtualMachineError error) {
        try {
            reserve.set(null);
            log.error("The watchdog ends: " + error);
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            Files.deleteIfExists(lockFile);
            log.close();
        } catch (IOException | RuntimeException | Error ignored) {
            // Not even these steps had enough memory.
        } finally {
            exit.accept(EXIT_STATUS);
        }
    }
}
