package dev.fnwatchdog.core.process.posix;

/**
 * How a function process ended, described as in Go (specification 3.47, 4.17).
 *
 * <pre>{@code
 * Termination end = Termination.ofStatus(137);
 * System.out.println(end.describe()); // signal: killed
 * if (end instanceof Termination.Exited exited && exited.status() == 0) {
 *     System.out.println("success");
 * }
 * }</pre>
 */
public sealed interface Termination {
    /** {@return the text of Go's {@code exec.ExitError}: {@code exit status 1}, {@code signal: killed}} */
    String describe();

    /**
     * Converts an exit status of the JDK. The JDK reports a signal as 128 plus its number, so 129 to 159 are treated as signals,
     * although they can be exit statuses too (specification 4.17).
     *
     * @param status an exit status of {@link Process}
     * @return an exit status or a signal
     */
    static Termination ofStatus(int status) {
        int signal = status - 128;
        return signal >= 1 && signal <= Signalled.LAST ? new Signalled(signal) : new Exited(status);
    }

    /**
     * The process exited by itself.
     *
     * @param status 0 is success
     */
    record Exited(int status) implements Termination {
        @Override
        public String describe() {
            return "exit status " + status;
        }
    }

    /**
     * A signal ended the process.
     *
     * @param number the signal's number on Linux
     */
    record Signalled(int number) implements Termination {
        private static final int LAST = 31;

        @Override
        public String describe() {
            return "signal: " + SignalName.of(number);
        }
    }

    /** The process was killed because its timeout expired (specification 4.21). */
    record TimedOut() implements Termination {
        @Override
        public String describe() {
            return "signal: " + SignalName.of(9);
        }
    }
}
