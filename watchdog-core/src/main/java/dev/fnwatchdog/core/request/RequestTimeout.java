package dev.fnwatchdog.core.request;

import dev.fnwatchdog.core.config.GoDuration;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long one call may take: {@code exec_timeout}, which the header {@code X-Timeout} can only shorten (contract 3). */
public final class RequestTimeout {
    private RequestTimeout() {}

    /**
     * Returns the limit of one call; {@link Duration#ZERO} is no limit.
     *
     * @param exec {@code exec_timeout}, zero where it is off
     * @param xTimeoutHeader the header's value, null where the request has none
     */
    public static Duration effective(Duration exec, @Nullable String xTimeoutHeader) {
        if (xTimeoutHeader == null || exec.isZero()) {
            return exec;
        }
        // A client must not be able to lengthen a limit or to switch it off, so anything else than a shorter one is
        // as if it had not been sent.
        Optional<Duration> asked = GoDuration.parseWithUnit(xTimeoutHeader);
        return asked.isPresent() && asked.get().compareTo(exec) < 0 ? asked.get() : exec;
    }
}
