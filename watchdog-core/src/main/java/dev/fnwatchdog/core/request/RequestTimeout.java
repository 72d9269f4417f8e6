package dev.fnwatchdog.core.request;

import dev.fnwatchdog.core.config.GoDuration;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The timeout of one request: {@code exec_timeout}, which the header field {@code X-Timeout} can only shorten
 * (specification 1.16, 3.38).
 */
public final class RequestTimeout {
    private RequestTimeout() {}

    /**
     * Returns the timeout of one request; {@link Duration#ZERO}: no limit.
     *
     * @param exec {@code exec_timeout}, zero if it is off
     * @param xTimeoutHeader the field's value, null if the request has none
     */
    public static Duration effective(Duration exec, @Nullable String xTimeoutHeader) {
        if (xTimeoutHeader == null || exec.isZero()) {
            return exec;
        }
        // A client must not be able to lengthen a timeout or to switch it off: any other value than a shorter timeout
        // is ignored.
        Optional<Duration> requested = GoDuration.parseWithUnit(xTimeoutHeader);
        return requested.isPresent() && requested.get().compareTo(exec) < 0 ? requested.get() : exec;
    }
}
