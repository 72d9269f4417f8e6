package dev.fnwatchdog.junit;

import dev.fnwatchdog.undertow.Watchdog;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** A parameter by which a test reaches its watchdog (specification 12.2). */
enum InjectedParameter {
    CLIENT(FunctionClient.class),
    HTTP(HttpClient.class),
    BASE(URI.class),
    WATCHDOG(Watchdog.class),
    PORT(int.class);

    private final Class<?> type;

    InjectedParameter(Class<?> type) {
        this.type = type;
    }

    /**
     * Returns what a parameter gets; empty where it belongs to another extension.
     *
     * @throws ParameterResolutionException where it is marked as a port and is none
     */
    static Optional<InjectedParameter> of(ParameterContext parameter) {
        Class<?> type = parameter.getParameter().getType();
        // An int without the mark may be an argument of a parameterized test.
        if (parameter.isAnnotated(WatchdogPort.class)) {
            if (type != int.class) {
                throw new ParameterResolutionException(
                        "@WatchdogPort is for a parameter of type int, and %s is of type %s"
                                .formatted(parameter.getParameter().getName(), type.getName()));
            }
            return Optional.of(PORT);
        }
        for (InjectedParameter each : values()) {
            if (each != PORT && each.type == type) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** Returns the value of the parameter. */
    Object value(TestedWatchdog watchdog) {
        return switch (this) {
            case CLIENT -> watchdog.client();
            case HTTP -> watchdog.client().http();
            case BASE -> watchdog.base();
            case WATCHDOG -> watchdog.watchdog();
            case PORT -> watchdog.watchdog().port();
        };
    }
}
