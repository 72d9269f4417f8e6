package dev.fnwatchdog.maven;

import java.util.Map;

/** How the function's class path reaches the function: as a setting in mode {@code inproc}, else in the environment. */
final class FunctionSettings {
    private static final String PATH = "function_path";
    private static final String VARIABLE = "CLASSPATH";

    private final boolean ownPath;
    private final boolean ownVariable;

    private FunctionSettings(boolean ownPath, boolean ownVariable) {
        this.ownPath = ownPath;
        this.ownVariable = ownVariable;
    }

    /** Leaves alone what the user has set himself. */
    static FunctionSettings beside(RawSettings given) {
        return new FunctionSettings(given.isSet(PATH), given.isSet(VARIABLE));
    }

    /** What tells of these classes. */
    Map<String, String> of(FunctionClasses classes) {
        if (ownPath) {
            return ownVariable ? Map.of() : Map.of(VARIABLE, classes.joined());
        }
        return ownVariable
                ? Map.of(PATH, classes.joined())
                : Map.of(PATH, classes.joined(), VARIABLE, classes.joined());
    }
}
