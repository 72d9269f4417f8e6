package dev.fnwatchdog.undertow.internal.invocation;

/** The timeouts of a request that expire, as the label of a metric (specification 2.16). */
public enum TimeoutKind {
    /** {@code exec_timeout}, or what {@code X-Timeout} makes of it. */
    EXEC,
    /** {@code read_timeout} in a request body. */
    READ,
    /** {@code write_timeout} in a response. */
    WRITE,
    /** {@code startup_wait}. */
    STARTUP
}
