package dev.fnwatchdog.core.process.posix;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** A refused thread is distinguished from a full heap, though the JVM throws the same error for both. */
class ThreadRefusedExceptionTest {
    private final OutOfMemoryError noThread = new OutOfMemoryError(
            "unable to create native thread: possibly out of memory or process/resource limits reached");
    private final OutOfMemoryError noHeap = new OutOfMemoryError("Java heap space");

    private static Runnable throwing(Error error) {
        return () -> {
            throw error;
        };
    }

    @Test
    void anErrorForARefusedThreadIsThrownAsThreadRefusedException() {
        assertThatThrownBy(() -> ThreadRefusedException.check(throwing(noThread)))
                .isInstanceOf(ThreadRefusedException.class)
                .hasMessage("the system grants no further thread")
                .hasCause(noThread);
    }

    @Test
    void anErrorForAFullHeapIsThrownUnchanged() {
        assertThatThrownBy(() -> ThreadRefusedException.check(throwing(noHeap))).isSameAs(noHeap);
        assertThatThrownBy(() -> ThreadRefusedException.check(throwing(new OutOfMemoryError())))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aCheckedExecutorThrowsThreadRefusedException() {
        Executor executor = ThreadRefusedException.checked(task -> {
            task.run();
            throw noThread;
        });

        assertThatThrownBy(() -> executor.execute(() -> {})).isInstanceOf(ThreadRefusedException.class);
        assertThatCode(() -> ThreadRefusedException.checked(Runnable::run).execute(() -> {}))
                .doesNotThrowAnyException();
    }
}
