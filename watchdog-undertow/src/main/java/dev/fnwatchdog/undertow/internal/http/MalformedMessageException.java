package dev.fnwatchdog.undertow.internal.http;

import java.io.IOException;

/** The peer sent bytes that are not HTTP. The message names the rule that they break, and never contains them. */
public final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }
}
