package dev.fnwatchdog.undertow.internal.mode;

/** Makes the mode that the settings name. */
@FunctionalInterface
public interface ModeFactory {
    /** Makes a mode and starts nothing. */
    Mode create(ModeContext context);
}
