package dev.fnwatchdog.undertow.internal.io;

/** The memory that peers can make the program hold, shared by all connections. Threads: any; never blocks. */
public interface ByteBudget {
    /** Takes {@code bytes}; returns false, and takes nothing, where they do not fit. */
    boolean reserve(long bytes);

    /** Returns bytes that were taken. */
    void release(long bytes);
}
