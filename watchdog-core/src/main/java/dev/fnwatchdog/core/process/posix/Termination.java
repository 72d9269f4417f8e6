package dev.fnwatchdog.core.process.posix;

/** How a function process ended, told in Go's words (specification 3 and 4). */
public sealed interface Termination {
    /** As Go's {@code exec.ExitError} says it: {@code exit status 1}, {@code signal: killed}. */
    String describe();

    /**
     * Reads what the JDK reports. It tells a signal as 128 plus its number and so cannot tell it from such an exit status:
     * 129 to 159 are taken for signals (specification 4).
     */
    static Termination ofStatus(int status) {
        int signal = status - 128;
        return signal >= 1 && signal <= Signalled.LAST ? new Signalled(signal) : new Exited(status);
    }

    /** It ended by itself; 0 is success. */
    record Exited(int status) implements Termination {
        @Override
        public String describe() {
            return "exit status " + status;
        }
    }

    /** A signal ended it, numbered as on Linux. */
    record Signalled(int number) implements Termination {
        private static final int LAST = 31;

        @Override
        public String describe() {
            return "signal: " + SignalName.of(number);
        }
    }

    /** It was killed because its time was over. */
    record TimedOut() implements Termination {
        @Override
        public String describe() {
            return "signal: " + SignalName.of(9);
        }
    }
}
