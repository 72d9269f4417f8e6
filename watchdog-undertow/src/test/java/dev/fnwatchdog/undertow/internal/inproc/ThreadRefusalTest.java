package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** inproc mode, where the system grants a handler no thread. */
class ThreadRefusalTest {
    private static final Executor REFUSING = task -> {
        throw new OutOfMemoryError("unable to create native thread: possibly out of memory or process/resource limits");
    };

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private HandlerExecution run() {
        return new HandlerExecution(REFUSING, getClass().getClassLoader(), failure::set);
    }

    @Test
    void failTheRequestAndAreNoFullHeap() {
        HandlerExecution run = run();

        run.runOnThisThread(() -> run.execute(() -> {}));

        assertThat(failure.get()).isInstanceOf(ThreadRefusedException.class);
    }

    @Test
    void doNotKeepWhatARequestThatWasGivenUpHasToRelease() {
        HandlerExecution run = run();
        AtomicReference<String> released = new AtomicReference<>("");
        run.onCancel(() -> released.set("released"));
        run.runOnThisThread(() -> run.execute(() -> {}));

        run.cancel();

        assertThat(released.get()).isEqualTo("released");
    }
}
