package dev.fnwatchdog.undertow.internal.inproc;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Creates the threads on which handlers may block, one for each request in a handler (specification 5.18). {@code
 * handler_concurrency} and {@code max_inflight} limit their number. They are virtual from JDK 24 on. Before that, a virtual
 * thread that blocks in a synchronized block pins one of the few carrier threads, and some such requests at once would stop all
 * others.
 */
final class HandlerThreads {
    private static final int FIRST_WITHOUT_PINNING = 24;
    private static final int IDLE_SECONDS = 10;
    private static final String NAME = "watchdog-call-";

    private HandlerThreads() {}

    static ExecutorService start() {
        return Runtime.version().feature() < FIRST_WITHOUT_PINNING ? pooled() : virtual();
    }

    static ExecutorService pooled() {
        ThreadFactory threads = named(Thread::new);
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = threads.newThread(task);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /**
     * Uses reflection, because the classes are compiled for JDK 17. The reflective calls are few, and none has a numeric
     * argument: the JVM generates code for each new call shape, and the first numeric one costs a tenth of the startup time.
     */
    private static ExecutorService virtual() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            ThreadFactory threads = (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                    .getMethod("factory")
                    .invoke(builder);
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, named(threads));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the API of virtual threads has changed", e);
        }
    }

    private static ThreadFactory named(ThreadFactory threads) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = threads.newThread(task);
            thread.setName(NAME + count.incrementAndGet());
            return thread;
        };
    }
}
