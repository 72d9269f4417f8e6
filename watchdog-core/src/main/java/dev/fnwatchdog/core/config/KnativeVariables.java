package dev.fnwatchdog.core.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables by which Knative and Cloud Run set the port that a container has to serve (specification 1.9).
 *
 * <pre>{@code
 * Map<String, String> environment = KnativeVariables.forFunction(System.getenv(), 3000);
 * }</pre>
 */
public final class KnativeVariables {
    private static final String SERVICE = "K_SERVICE";
    private static final String PORT = "PORT";

    private KnativeVariables() {}

    /** Returns the name of the variable with the watchdog's port, for an environment without {@code port}, or nothing. */
    static List<String> portVariable(Map<String, String> environment) {
        return isSet(SERVICE, environment) && isSet(PORT, environment) ? List.of(PORT) : List.of();
    }

    /**
     * Replaces {@code PORT}, so that a function with its own server does not use the watchdog's port.
     *
     * @param environment the watchdog's environment
     * @param functionPort the port on which the function listens
     * @return the environment of the function
     */
    public static Map<String, String> forFunction(Map<String, String> environment, int functionPort) {
        if (!isSet(SERVICE, environment)) {
            return environment;
        }
        Map<String, String> own = new HashMap<>(environment);
        own.put(PORT, Integer.toString(functionPort));
        return own;
    }

    private static boolean isSet(String name, Map<String, String> environment) {
        return !environment.getOrDefault(name, "").isEmpty();
    }
}
