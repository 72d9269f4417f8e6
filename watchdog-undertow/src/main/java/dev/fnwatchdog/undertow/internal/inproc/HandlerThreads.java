package dev.fnwatchdog.undertow.internal.inproc;

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
     * By reflection, since the classes are those of JDK 17. It calls as little as it can, and nothing with a number: the JVM makes code for
     * each new kind of call, and the first with a number costs a tenth of the start.
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
            throw new IllegalStateException("virtual threads are not what they were", e);
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
