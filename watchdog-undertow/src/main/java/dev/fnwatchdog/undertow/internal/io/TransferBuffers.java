package dev.fnwatchdog.undertow.internal.io;

import io.undertow.connector.ByteBufferPool;

/** A pool for connections whose bodies Undertow transfers: a large body can get a large buffer. */
public interface TransferBuffers extends ByteBufferPool {
    /** Runs {@code action}, in which the first buffer that the current I/O thread takes is one of {@code large}. */
    void withLarge(LargeBuffers large, Runnable action);
}
