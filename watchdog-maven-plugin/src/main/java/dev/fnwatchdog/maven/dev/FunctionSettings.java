package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.RawSettings;
import java.util.Map;

/** How the function's class path reaches the function: as a setting in mode {@code inproc}, else in its environment. */
public final class FunctionSettings {
    private final String name;
    private final boolean users;

    private FunctionSettings(String name, boolean users) {
        this.name = name;
        this.users = users;
    }

    /** Leaves alone what the user has set himself. */
    public static FunctionSettings forUserSettings(RawSettings given) {
        String name = given.value("mode").equals("inproc") ? "function_path" : "CLASSPATH";
        return new FunctionSettings(name, given.isSet(name));
    }

    /** What tells of these classes. */
    public Map<String, String> of(FunctionClasses classes) {
        return users ? Map.of() : Map.of(name, classes.joined());
    }
}
