package dev.fnwatchdog.junit;

import dev.fnwatchdog.undertow.Watchdog;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/** A parameter by which a test reaches its watchdog (specification 10.2). */
enum InjectedParameter {
    CLIENT(FunctionClient.class, TestedWatchdog::client),
    HTTP(HttpClient.class, watchdog -> watchdog.client().http()),
    BASE(URI.class, TestedWatchdog::base),
    WATCHDOG(Watchdog.class, TestedWatchdog::watchdog),
    PORT(int.class, watchdog -> watchdog.watchdog().port());

    private final Class<?> type;
    private final Function<TestedWatchdog, Object> value;

    InjectedParameter(Class<?> type, Function<TestedWatchdog, Object> value) {
        this.type = type;
        this.value = value;
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

    Object value(TestedWatchdog watchdog) {
        return value.apply(watchdog);
    }
}
