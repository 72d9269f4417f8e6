package dev.fnwatchdog.undertow.internal.reload;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.FunctionFailedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** The reason why a version of the function could not be started; with the stack trace, if its own code has thrown. */
final class StartupFailure {
    private final String message;
    private final @Nullable Throwable thrown;

    StartupFailure(FunctionFailedException failure) {
        this.message = String.valueOf(failure.getMessage());
        this.thrown = failure.thrownByFunction() ? failure.getCause() : null;
    }

    void log(WatchdogLog log) {
        if (thrown == null) {
            log.error(message);
        } else {
            log.error(message, thrown);
        }
    }

    /** Returns the message, and below it the stack trace, which names source files and lines. */
    String report() {
        if (thrown == null) {
            return message;
        }
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return message + "\n\n" + trace.toString().stripTrailing();
    }
}
