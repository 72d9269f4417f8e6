package dev.fnwatchdog.undertow.internal.io;

/** The memory that peers can make the program use, shared by all connections. Threads: any; never blocks. */
public interface ByteBudget {
    /** Reserves {@code bytes}. Returns false, and reserves nothing, where they do not fit. */
    boolean reserve(long bytes);

    /** Releases bytes that were reserved. */
    void release(long bytes);
}
