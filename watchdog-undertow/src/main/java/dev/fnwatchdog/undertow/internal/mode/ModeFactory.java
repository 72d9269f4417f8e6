package dev.fnwatchdog.undertow.internal.mode;

/** Creates the configured mode. */
@FunctionalInterface
public interface ModeFactory {
    /** Creates a mode and starts nothing. */
    Mode create(ModeContext context);
}
