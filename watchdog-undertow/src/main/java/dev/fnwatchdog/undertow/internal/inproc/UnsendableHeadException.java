package dev.fnwatchdog.undertow.internal.inproc;

import java.io.IOException;

/** Reports that the head of a handler's response contains something that HTTP cannot carry. */
final class UnsendableHeadException extends IOException {
    private static final long serialVersionUID = 1L;

    UnsendableHeadException(IllegalArgumentException reason) {
        super(reason.getMessage(), reason);
    }
}
