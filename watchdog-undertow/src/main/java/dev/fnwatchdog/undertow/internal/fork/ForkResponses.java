package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.request.UnusableRequestException;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the watchdog answers, and logs, where a process does not. */
final class ForkResponses {

    private ForkResponses() {}

    /** The request cannot be told to a process. */
    static CannedResponse unusable(UnusableRequestException reason) {
        return CannedResponse.of(StatusCodes.BAD_REQUEST)
                .withBody(WatchdogHeaders.PLAIN_TEXT, String.valueOf(reason.getMessage()));
    }

    /** The process did not start; an environment that is too long is the request's fault (specification 4). */
    static CannedResponse notStarted(ForkContext forks, FunctionFailedException reason) {
        String message = String.valueOf(reason.getMessage());
        forks.log().error(message);
        if (reason.tooLong()) {
            return CannedResponse.of(StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE)
                    .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG);
        }
        forks.counts().failed();
        return CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .withBody(WatchdogHeaders.PLAIN_TEXT, message);
    }

    /** There are no pipes to be had, and so no process. */
    static FunctionFailedException noPipes(ForkContext forks, IOException reason) {
        return new FunctionFailedException(
                "cannot start \"%s\": %s".formatted(forks.command(), reason.getMessage()), reason);
    }

    /** What serializing mode says of a process that did not succeed. */
    static CannedResponse failed(Termination termination) {
        return CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .withBody(termination.describe().getBytes(StandardCharsets.UTF_8));
    }

    /** The output does not fit into what bodies may take of the memory (specification 7). */
    static CannedResponse tooLarge(Invocation invocation) {
        return CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()))
                .withBody(WatchdogHeaders.PLAIN_TEXT, "response too large");
    }

    /** As in http mode. */
    static CannedResponse timedOut(Invocation invocation) {
        return CannedResponse.of(StatusCodes.GATEWAY_TIME_OUT)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()));
    }

    static boolean succeeded(Termination termination) {
        return termination instanceof Termination.Exited exited && exited.status() == 0;
    }

    static void logFailure(ForkContext forks, Termination termination) {
        if (!succeeded(termination)) {
            forks.log().error("Function process failed: " + termination.describe());
        }
    }
}
