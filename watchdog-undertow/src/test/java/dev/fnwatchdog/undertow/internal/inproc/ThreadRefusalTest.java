package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Tests inproc mode where the system grants a handler no thread. Proves specification 7.24. */
class ThreadRefusalTest {
    private static final Executor REFUSING = task -> {
        throw new OutOfMemoryError("unable to create native thread: possibly out of memory or process/resource limits");
    };

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private HandlerExecution execution() {
        return new HandlerExecution(REFUSING, getClass().getClassLoader(), failure::set);
    }

    @Test
    void aRefusedHandlerThreadFailsItsRequestAndIsNotReportedAsAFullHeap() {
        HandlerExecution execution = execution();

        execution.runOnThisThread(() -> execution.execute(() -> {}));

        assertThat(failure.get()).isInstanceOf(ThreadRefusedException.class);
    }

    @Test
    void aRequestWithoutAThreadThatIsGivenUpReleasesItsResources() {
        HandlerExecution execution = execution();
        AtomicReference<String> released = new AtomicReference<>("");
        execution.onCancel(() -> released.set("released"));
        execution.runOnThisThread(() -> execution.execute(() -> {}));

        execution.cancel();

        assertThat(released.get()).isEqualTo("released");
    }
}
