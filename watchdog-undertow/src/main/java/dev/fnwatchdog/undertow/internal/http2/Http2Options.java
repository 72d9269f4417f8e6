package dev.fnwatchdog.undertow.internal.http2;

import io.undertow.util.HttpString;
import java.util.function.Predicate;
import org.xnio.OptionMap;

/**
 * What is the same for all HTTP/2 connections of a listener.
 *
 * @param undertow how requests are parsed
 * @param maxStreams at once on one connection
 * @param maxHeadBytes in bytes, counted as RFC 9113 section 6.5.2 does
 * @param headMillis how long a head may take from its first byte to its last
 * @param idleMillis how long a connection without a request is kept
 * @param forbiddenTrailer which fields no trailer section may have (RFC 9110, section 6.5.1)
 */
public record Http2Options(
        OptionMap undertow,
        int maxStreams,
        int maxHeadBytes,
        long headMillis,
        long idleMillis,
        Predicate<HttpString> forbiddenTrailer) {}
