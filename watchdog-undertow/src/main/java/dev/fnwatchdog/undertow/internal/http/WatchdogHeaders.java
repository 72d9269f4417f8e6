package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HttpString;

/** The header fields that are the watchdog's own, and the values that several of its responses share. */
public final class WatchdogHeaders {
    /** The request field that shortens {@code exec_timeout} for one request; a Go duration. */
    public static final HttpString TIMEOUT = new HttpString("X-Timeout");

    /** The response field with the seconds until the response head, with six decimals. */
    public static final HttpString DURATION_SECONDS = new HttpString("X-Duration-Seconds");

    /** The request field with the seconds that the verification of a token took. */
    public static final HttpString AUTH_SECONDS = new HttpString("X-Auth-Seconds");

    /** The response field that names the component which has written the response in place of the function. */
    public static final HttpString INTERNAL = new HttpString("X-OpenFaaS-Internal");

    /** The value of {@link #INTERNAL} in most of the watchdog's own responses. */
    public static final String OF_WATCHDOG = "of-watchdog";

    /** The value of {@link #INTERNAL} where of-watchdog's middleware would have written the response. */
    public static final String MIDDLEWARE = "faas-middleware";

    public static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private WatchdogHeaders() {}
}
