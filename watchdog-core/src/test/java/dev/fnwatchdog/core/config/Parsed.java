package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parses settings without reading the namespace file of the machine that runs the tests. */
final class Parsed {
    private static final Path NO_FILE = Path.of("/nonexistent/namespace");

    private Parsed() {}

    static WatchdogConfig config(String... namesAndValues) {
        return WatchdogConfig.parse(environment(namesAndValues), NO_FILE);
    }

    /** The lines of all mistakes in settings that have at least one. */
    static List<String> mistakes(Map<String, String> environment) {
        return refusal(environment).getMessage().lines().toList();
    }

    static InvalidConfigException refusal(Map<String, String> environment) {
        return catchThrowableOfType(InvalidConfigException.class, () -> WatchdogConfig.parse(environment, NO_FILE));
    }

    private static Map<String, String> environment(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }
}
