package dev.fnwatchdog.core.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The variables with which Knative and Cloud Run name the port that a container has to serve (specification 1.9). */
public final class KnativeVariables {
    private static final String SERVICE = "K_SERVICE";
    private static final String PORT = "PORT";

    private KnativeVariables() {}

    /** Returns the name of the variable that contains the watchdog's port where {@code port} is not set, if there is one. */
    static Optional<String> portVariable(Map<String, String> environment) {
        return Optional.of(PORT).filter(name -> isSet(SERVICE, environment) && isSet(PORT, environment));
    }

    /** Returns the environment of a function that has a server of its own, which must not take the watchdog's port. */
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
