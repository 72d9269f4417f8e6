package dev.fnwatchdog.junit;

import dev.fnwatchdog.core.log.LogReceiver;

/**
 * Prints the lines of the watchdog and of its function to {@link System#out} and {@link System#err}, which Surefire captures. The
 * descriptors of the process belong to Surefire itself, which talks to Maven over them.
 */
final class TestOutput implements LogReceiver {
    @Override
    public void watchdogLine(Level level, String text) {
        System.err.println(text);
    }

    @Override
    public void functionLine(Output output, String text) {
        switch (output) {
            case STDOUT -> System.out.println(text);
            case STDERR -> System.err.println(text);
        }
    }
}
