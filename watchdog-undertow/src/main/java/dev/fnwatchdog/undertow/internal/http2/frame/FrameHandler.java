package dev.fnwatchdog.undertow.internal.http2.frame;

import java.nio.ByteBuffer;

/** Receives what a {@link FrameReader} reads. */
public interface FrameHandler {
    /** Whether the connection is closed: nothing more is read. */
    boolean isClosed();

    /** A frame's head was read; its payload follows. Called for every frame, of unknown types too. */
    void frameStarted(int type, int flags, int stream, int length) throws ConnectionException;

    /** A piece of the payload of a DATA frame, without padding; the buffer is the callee's for the duration of the call. */
    void data(int stream, ByteBuffer piece) throws ConnectionException;

    /** A DATA frame is complete. */
    void dataEnded(int stream, int flags) throws ConnectionException;

    /** A complete frame of a known type other than DATA. */
    void frame(int type, int flags, int stream, ByteBuffer payload) throws ConnectionException;
}
