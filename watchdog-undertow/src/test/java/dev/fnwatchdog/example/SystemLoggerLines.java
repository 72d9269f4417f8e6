package dev.fnwatchdog.example;

// shown: begin
import dev.fnwatchdog.core.log.LogReceiver;

/** Passes the lines of a watchdog to the logging of the program: {@code Watchdog.builder(config).log(new SystemLoggerLines())}. */
final class SystemLoggerLines implements LogReceiver {
    private static final System.Logger WATCHDOG = System.getLogger("watchdog");
    private static final System.Logger FUNCTION = System.getLogger("watchdog.function");

    @Override
    public void watchdogLine(Level level, String text) {
        switch (level) {
            case INFO -> WATCHDOG.log(System.Logger.Level.INFO, text);
            case WARN -> WATCHDOG.log(System.Logger.Level.WARNING, text);
            case ERROR -> WATCHDOG.log(System.Logger.Level.ERROR, text);
        }
    }

    @Override
    public void functionLine(Output output, String text) {
        FUNCTION.log(System.Logger.Level.INFO, text);
    }
}
// shown: end
