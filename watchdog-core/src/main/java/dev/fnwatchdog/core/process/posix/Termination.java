package dev.fnwatchdog.core.process.posix;

/** How a function process ended, described as in Go (specification 3.47, 4.17). */
public sealed interface Termination {
    /** Returns the text of Go's {@code exec.ExitError}: {@code exit status 1}, {@code signal: killed}. */
    String describe();

    /**
     * Converts an exit status of the JDK. The JDK reports a signal as 128 plus its number, which an exit status can be too:
     * 129 to 159 are treated as signals (specification 4.17).
     */
    static Termination ofStatus(int status) {
        int signal = status - 128;
        return signal >= 1 && signal <= Signalled.LAST ? new Signalled(signal) : new Exited(status);
    }

    /** The process exited by itself; 0 is success. */
    record Exited(int status) implements Termination {
        @Override
        public String describe() {
            return "exit status " + status;
        }
    }

    /** A signal, with its Linux number, ended the process. */
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
