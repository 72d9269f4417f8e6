package dev.fnwatchdog.undertow.internal.inproc;

import io.undertow.server.HttpHandler;

/** A function of any kind in the watchdog's JVM. */
interface InprocHandler {
    /** Returns the handler of its requests. */
    HttpHandler requestHandler();

    /** Closes the function after its last request. Blocks as long as the function does. */
    void close() throws Exception;
}
