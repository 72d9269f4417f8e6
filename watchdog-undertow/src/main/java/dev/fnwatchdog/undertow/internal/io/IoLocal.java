package dev.fnwatchdog.undertow.internal.io;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * A value for each I/O thread of one worker, created when the thread first needs it.
 *
 * <p>Threads: any; a slot is filled by its own thread alone.
 *
 * @param <T> the type of the values
 */
public final class IoLocal<T> {
    private final Function<XnioIoThread, T> factory;
    private final AtomicReferenceArray<T> values;

    /** @param factory creates the value of one thread, on that thread */
    public IoLocal(XnioWorker worker, Function<XnioIoThread, T> factory) {
        this.factory = factory;
        this.values = new AtomicReferenceArray<>(worker.getIoThreadCount());
    }

    /** Returns the value of {@code thread}, which must be the current thread. */
    public T of(XnioIoThread thread) {
        assert Thread.currentThread() == thread : "on " + Thread.currentThread();
        int number = thread.getNumber();
        T existing = values.get(number);
        if (existing != null) {
            return existing;
        }
        T created = factory.apply(thread);
        values.set(number, created);
        return created;
    }

    /** Returns the sum of {@code amount} over all existing values. */
    int sum(ToIntFunction<T> amount) {
        int total = 0;
        for (int i = 0; i < values.length(); i++) {
            T existing = values.get(i);
            total += existing == null ? 0 : amount.applyAsInt(existing);
        }
        return total;
    }
}
