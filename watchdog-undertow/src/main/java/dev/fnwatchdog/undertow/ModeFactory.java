package dev.fnwatchdog.undertow;

/** Makes the mode that the settings name. */
@FunctionalInterface
interface ModeFactory {
    /** Makes a mode and starts nothing. */
    FunctionMode create(ModeContext context);
}
