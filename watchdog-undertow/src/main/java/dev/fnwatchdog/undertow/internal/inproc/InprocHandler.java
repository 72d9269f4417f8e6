package dev.fnwatchdog.undertow.internal.inproc;

import io.undertow.server.HttpHandler;

/** A function inside the watchdog's JVM, of whatever kind. */
interface InprocHandler {
    /** Takes its calls. */
    HttpHandler requestHandler();

    /** Tells the function that no more calls will come. Blocks for as long as the function does. */
    void close() throws Exception;
}
