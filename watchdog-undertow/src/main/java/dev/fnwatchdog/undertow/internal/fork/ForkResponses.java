package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.core.request.UnusableRequestException;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;

/** The watchdog's own responses and log lines for requests that a process fails to serve. */
final class ForkResponses {

    private ForkResponses() {}

    /** 400: the request cannot be represented in environment variables (specification 4.3). */
    static CannedResponse unusable(UnusableRequestException reason) {
        return CannedResponse.of(StatusCodes.BAD_REQUEST)
                .withBody(WatchdogHeaders.PLAIN_TEXT, String.valueOf(reason.getMessage()));
    }

    /** 500: the process did not start (specification 4.8); 431 if its environment is too long (specification 4.3). */
    static CannedResponse notStarted(ForkContext forks, FunctionFailedException reason) {
        String message = String.valueOf(reason.getMessage());
        forks.log().error(message);
        if (reason.tooLong()) {
            return CannedResponse.ofWatchdog(StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
        forks.counts().failed();
        return CannedResponse.ofWatchdog(StatusCodes.INTERNAL_SERVER_ERROR)
                .withBody(WatchdogHeaders.PLAIN_TEXT, message);
    }

    /** The failure of a process for which there were no pipes (specification 7.25) or no threads (specification 7.24). */
    static FunctionFailedException cannotStart(ForkContext forks, Exception reason) {
        return new FunctionFailedException(
                "cannot start \"%s\": %s".formatted(forks.command(), reason.getMessage()), reason);
    }

    /** 500 of serializing mode for a process that failed (specification 4.17, 4.21). */
    static CannedResponse failed(Termination termination) {
        return CannedResponse.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .withBody(termination.describe().getBytes(StandardCharsets.UTF_8));
    }

    /** 500: the output exceeds the memory budget of buffered bodies (specification 7.20). */
    static CannedResponse tooLarge(Invocation invocation) {
        return withDuration(StatusCodes.INTERNAL_SERVER_ERROR, invocation)
                .withBody(WatchdogHeaders.PLAIN_TEXT, "response too large");
    }

    /** 500: the output does not begin with response fields (specification 4.19). */
    static CannedResponse notCgi(ForkContext forks, Invocation invocation, MalformedMessageException reason) {
        String message = "The function's output is not a CGI response: " + reason.getMessage();
        forks.log().error(message);
        return withDuration(StatusCodes.INTERNAL_SERVER_ERROR, invocation)
                .withBody(WatchdogHeaders.PLAIN_TEXT, message);
    }

    /** 504 of streaming mode, as in http mode (specification 3.37, 4.21). */
    static CannedResponse timedOut(Invocation invocation) {
        return withDuration(StatusCodes.GATEWAY_TIME_OUT, invocation);
    }

    private static CannedResponse withDuration(int status, Invocation invocation) {
        return CannedResponse.ofWatchdog(status)
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
