package dev.fnwatchdog.undertow.internal.io;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * A value for each I/O thread of one worker, made when the thread first needs it.
 *
 * <p>Threads: any; a slot is filled by its own thread alone.
 *
 * @param <T> what each thread has one of
 */
public final class IoLocal<T> {
    private final Function<XnioIoThread, T> factory;
    private final AtomicReferenceArray<T> values;

    /** @param factory makes the value of one thread, on that thread */
    public IoLocal(XnioWorker worker, Function<XnioIoThread, T> factory) {
        this.factory = factory;
        this.values = new AtomicReferenceArray<>(worker.getIoThreadCount());
    }

    /** The value of the thread, which is the current one. */
    public T of(XnioIoThread thread) {
        int number = thread.getNumber();
        T known = values.get(number);
        if (known != null) {
            return known;
        }
        T made = factory.apply(thread);
        values.set(number, made);
        return made;
    }

    /** Sums what {@code amount} returns for each value that there is. */
    int sum(ToIntFunction<T> amount) {
        int total = 0;
        for (int i = 0; i < values.length(); i++) {
            T known = values.get(i);
            total += known == null ? 0 : amount.applyAsInt(known);
        }
        return total;
    }
}
