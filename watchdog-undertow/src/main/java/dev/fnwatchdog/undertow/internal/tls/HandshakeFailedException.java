package dev.fnwatchdog.undertow.internal.tls;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A TLS handshake that did not succeed, in place of a connection; the message continues "the function cannot be reached: ". */
public final class HandshakeFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    HandshakeFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
