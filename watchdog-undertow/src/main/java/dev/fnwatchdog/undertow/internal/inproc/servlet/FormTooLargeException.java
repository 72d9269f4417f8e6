package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.RequestTooBigException;

/** A form that does not fit into the memory for bodies (specification 5.16). */
public final class FormTooLargeException extends RequestTooBigException {
    private static final long serialVersionUID = 1L;

    public FormTooLargeException() {
        super("the form does not fit into the memory for bodies");
    }
}
