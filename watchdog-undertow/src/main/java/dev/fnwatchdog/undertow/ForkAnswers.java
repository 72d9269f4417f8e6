package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.Termination;
import dev.fnwatchdog.core.request.UnusableRequestException;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the watchdog answers, and logs, where a process does not. */
final class ForkAnswers {

    private ForkAnswers() {}

    /** The request cannot be told to a process. */
    static Answer unusable(UnusableRequestException reason) {
        return Answer.of(StatusCodes.BAD_REQUEST)
                .withBody(WatchdogHeaders.PLAIN_TEXT, String.valueOf(reason.getMessage()));
    }

    /** The process did not start; an environment that is too long is the request's fault (contract 4). */
    static Answer notStarted(Forks forks, FunctionFailedException reason) {
        String message = String.valueOf(reason.getMessage());
        forks.log().error(message);
        if (reason.tooLong()) {
            return Answer.of(StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE)
                    .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG);
        }
        forks.counts().failed();
        return Answer.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .withBody(WatchdogHeaders.PLAIN_TEXT, message);
    }

    /** There are no pipes to be had, and so no process. */
    static FunctionFailedException noPipes(Forks forks, IOException reason) {
        return new FunctionFailedException(
                "cannot start \"%s\": %s".formatted(forks.command(), reason.getMessage()), reason);
    }

    /** What serializing mode says of a process that did not succeed. */
    static Answer failed(Termination termination) {
        return Answer.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .withBody(termination.describe().getBytes(StandardCharsets.UTF_8));
    }

    /** The output does not fit into what bodies may take of the memory (contract 7). */
    static Answer tooLarge(Call call) {
        return Answer.of(StatusCodes.INTERNAL_SERVER_ERROR)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, Seconds.of(call.elapsedNanos()))
                .withBody(WatchdogHeaders.PLAIN_TEXT, "response too large");
    }

    /** As in http mode. */
    static Answer timedOut(Call call) {
        return Answer.of(StatusCodes.GATEWAY_TIME_OUT)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, Seconds.of(call.elapsedNanos()));
    }

    static boolean succeeded(Termination termination) {
        return termination instanceof Termination.Exited exited && exited.status() == 0;
    }

    static void logFailure(Forks forks, Termination termination) {
        if (!succeeded(termination)) {
            forks.log().error("Function process failed: " + termination.describe());
        }
    }
}
