package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.util.StatusCodes;
import java.time.Duration;

/** The responses and log lines of the watchdog in place of a function that has not responded (specification 3.37, 3.40). */
final class UpstreamErrors {
    private final UpstreamAddress address;
    private final WatchdogLog log;

    UpstreamErrors(UpstreamAddress address, WatchdogLog log) {
        this.address = address;
        this.log = log;
    }

    /** Logs what the watchdog has repaired in a response. */
    void warn(String line) {
        log.warn(line);
    }

    /** Responds in place of a function that has sent no response. */
    void failed(Invocation invocation, String reason) {
        log.error("Upstream HTTP request error: the function at %s %s".formatted(address, reason));
        send(invocation, StatusCodes.INTERNAL_SERVER_ERROR);
    }

    void timedOut(Invocation invocation, Duration limit) {
        log.error("Upstream HTTP request killed due to exec_timeout: " + GoDuration.format(limit));
        send(invocation, StatusCodes.GATEWAY_TIME_OUT);
    }

    private static void send(Invocation invocation, int status) {
        invocation.respondInstead(CannedResponse.of(status)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos())));
    }
}
