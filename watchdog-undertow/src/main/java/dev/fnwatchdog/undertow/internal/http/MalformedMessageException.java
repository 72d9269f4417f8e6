package dev.fnwatchdog.undertow.internal.http;

import java.io.IOException;

/** The other side sent bytes that are not HTTP; the message says which rule they break, and never repeats them. */
public final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }
}
