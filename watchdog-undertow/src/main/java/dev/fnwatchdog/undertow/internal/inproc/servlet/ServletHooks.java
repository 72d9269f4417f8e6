package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpServerExchange;

/** What the container tells the watchdog about the requests in it. */
public interface ServletHooks {
    /** Called when a servlet or a filter has thrown. */
    void failed(HttpServerExchange exchange, Throwable failure);

    /** Called before the body of a form is read into parameters. */
    void formRead(HttpServerExchange exchange);

    /** Called before the body of a {@code multipart/form-data} is read into parts; returns the memory for it. */
    FormMemory partsRead(HttpServerExchange exchange);

    /** Logs a warning. */
    void warn(String message);

    /** Called on a thread that begins to work for a request. */
    void threadEntered(HttpServerExchange exchange);

    /** Called on a thread that no longer works for a request. */
    void threadLeft(HttpServerExchange exchange);
}
