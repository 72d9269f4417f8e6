package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.RawSettings;
import java.util.Map;

/** Passes the class path to the function: as a setting in mode {@code inproc}, otherwise in its environment. */
public record FunctionSettings(String name, boolean setByUser) {
    /** Does not change what the user has set. */
    public static FunctionSettings forUserSettings(RawSettings given) {
        String name = given.value("mode").equals("inproc") ? "function_path" : "CLASSPATH";
        return new FunctionSettings(name, given.isSet(name));
    }

    /** Returns the variables for these classes. */
    public Map<String, String> of(FunctionClasses classes) {
        return setByUser ? Map.of() : Map.of(name, classes.joined());
    }
}
