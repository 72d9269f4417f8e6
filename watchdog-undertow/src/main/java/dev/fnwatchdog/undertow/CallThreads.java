package dev.fnwatchdog.undertow;

import java.lang.reflect.Method;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which handlers may block: as many as there are calls in them, which {@code handler_concurrency} and {@code
 * max_inflight} limit. They are virtual from JDK 24 on; before, a virtual thread that blocks in a synchronized block takes one
 * of the few real ones with it, and some such calls at once would stop all others.
 */
final class CallThreads {
    private static final int FIRST_WITHOUT_PINNING = 24;
    private static final int IDLE_SECONDS = 10;
    private static final String NAME = "watchdog-call-";

    private CallThreads() {}

    static ExecutorService start() {
        return Runtime.version().feature() < FIRST_WITHOUT_PINNING ? pooled() : virtual();
    }

    static ExecutorService pooled() {
        AtomicInteger count = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, NAME + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** By reflection, since the classes are those of JDK 17. */
    private static ExecutorService virtual() {
        try {
            Class<?> type = Class.forName("java.lang.Thread$Builder$OfVirtual");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            type.getMethod("name", String.class, long.class).invoke(builder, NAME, 1L);
            Method factory = Class.forName("java.lang.Thread$Builder").getMethod("factory");
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory.invoke(builder));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("virtual threads are not what they were", e);
        }
    }
}
