package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.LabelledCounter;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import dev.fnwatchdog.undertow.internal.tls.HandshakeFailedException;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The responses and log lines of the watchdog in place of a function that has not responded (specification 3.37, 3.40). */
final class UpstreamErrors {
    /** What has failed, as the label of a metric (specification 2.16). */
    enum Kind {
        /** No connection. */
        CONNECT,
        /** A connection without a TLS session. */
        TLS,
        /** The connection or stream ended before a response. */
        CLOSED,
        /** The response is not HTTP. */
        MALFORMED
    }

    private final UpstreamAddress address;
    private final WatchdogLog log;
    private final LabelledCounter<Kind> counts;
    private final BiConsumer<Invocation, String> failure;

    UpstreamErrors(UpstreamAddress address, WatchdogLog log, MetricsRegistry registry) {
        this(
                address,
                log,
                registry.shared(
                        "watchdog_upstream_errors_total",
                        "requests that failed because the function sent no response",
                        "kind",
                        Kind.class),
                (invocation, reason) -> {
                    log.error("Upstream HTTP request error: " + reason);
                    send(invocation, StatusCodes.INTERNAL_SERVER_ERROR);
                });
    }

    private UpstreamErrors(
            UpstreamAddress address,
            WatchdogLog log,
            LabelledCounter<Kind> counts,
            BiConsumer<Invocation, String> failure) {
        this.address = address;
        this.log = log;
        this.counts = counts;
        this.failure = failure;
    }

    /** Returns errors that are counted as these are, and passed on in place of a log line and a response. */
    UpstreamErrors reportingTo(Consumer<String> listener) {
        return new UpstreamErrors(address, log, counts, (invocation, reason) -> listener.accept(reason));
    }

    /** Logs what the watchdog has repaired in a response. */
    void warn(String line) {
        log.warn(line);
    }

    /** Responds in place of a function to which no connection can be opened. */
    void unreachable(Invocation invocation, IOException reason) {
        Kind kind = reason instanceof HandshakeFailedException ? Kind.TLS : Kind.CONNECT;
        failed(invocation, kind, "cannot be reached: " + reason.getMessage());
    }

    /** Responds in place of a function that has sent no response. */
    void failed(Invocation invocation, Kind kind, String reason) {
        counts.increment(kind);
        failure.accept(invocation, "the function at %s %s".formatted(address, reason));
    }

    void timedOut(Invocation invocation, Duration limit) {
        invocation.timeoutExpired(TimeoutKind.EXEC);
        log.error("Upstream HTTP request killed due to exec_timeout: " + GoDuration.format(limit));
        send(invocation, StatusCodes.GATEWAY_TIME_OUT);
    }

    private static void send(Invocation invocation, int status) {
        invocation.respondInstead(CannedResponse.of(status)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos())));
    }
}
