package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The lowest conduit of a connection's write side. Undertow's parser refuses a head by itself, always with 400; this
 * class sends a better status in its place.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class ParserErrorConduit extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private static final byte[] HEAD_TOO_LARGE = refusal("431 Request Header Fields Too Large");
    private static final byte[] VERSION_NOT_SUPPORTED = refusal("505 HTTP Version not supported");

    /**
     * Undertow counts the values of one name in a byte, and refuses more (specification 3.11). A head of fewer lines is
     * refused for another reason.
     */
    private static final int MAX_FIELDS_OF_ONE_NAME = 127;

    // Mutable state
    private @Nullable ByteBuffer response;

    ParserErrorConduit(StreamSinkConduit next) {
        super(next);
    }

    /** Returns a response without a body that closes the connection. */
    static byte[] refusal(String status) {
        return ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Decides what is sent in place of Undertow's next response, if that is its own refusal of this head. */
    void replaceFor(RequestHeadScanner head) {
        if (head.lines() > MAX_FIELDS_OF_ONE_NAME) {
            response = ByteBuffer.wrap(HEAD_TOO_LARGE);
        } else if (head.lines() > 0 && head.version().isOfAnotherMajor()) {
            // Undertow would repeat that version in its response (specification 9.3).
            response = ByteBuffer.wrap(VERSION_NOT_SUPPORTED);
        }
    }

    /** Sends the next response as it is, because it is that of a request. */
    void keep() {
        response = null;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        ByteBuffer replacement = response;
        if (replacement == null) {
            return next.write(src);
        }
        if (replacement.hasRemaining() && next.write(replacement) == 0) {
            return 0;
        }
        if (replacement.hasRemaining()) {
            return write(src);
        }
        int length = src.remaining();
        src.position(src.limit());
        return length;
    }
}
