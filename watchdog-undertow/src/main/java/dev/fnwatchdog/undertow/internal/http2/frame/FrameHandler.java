package dev.fnwatchdog.undertow.internal.http2.frame;

import java.nio.ByteBuffer;

/** Receives the frames that a {@link FrameReader} reads. */
public interface FrameHandler {
    /** Returns whether the connection is closed: nothing more is read then. */
    boolean isClosed();

    /** Called with the head of each frame, of unknown types too; the payload follows. */
    void frameStarted(int type, int flags, int stream, int length) throws ConnectionException;

    /**
     * Called with a piece of a DATA frame's payload, without padding; the buffer may be used until the method returns.
     */
    void data(int stream, ByteBuffer piece) throws ConnectionException;

    /** Called at the end of a DATA frame. */
    void dataEnded(int stream, int flags) throws ConnectionException;

    /** Called with a complete frame of a known type other than DATA. */
    void frame(int type, int flags, int stream, ByteBuffer payload) throws ConnectionException;
}
