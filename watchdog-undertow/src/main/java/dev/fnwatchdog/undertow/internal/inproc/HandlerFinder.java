package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.process.FunctionFailedException;
import io.undertow.server.HttpHandler;
import jakarta.servlet.Servlet;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Finds the function's class and creates its one instance (specification 5.1, 5.2, 5.4). The class is found by its configured
 * name, as the one service provider, or by the name that the OpenFaaS templates use. A failure is reported in one line, and with
 * the stack trace where the function's own code has thrown.
 */
final class HandlerFinder {
    private static final String TEMPLATE_NAME = "com.openfaas.function.Handler";

    private final ClassLoader loader;

    HandlerFinder(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Returns the instance; empty where nothing was found.
     *
     * @param handler the name of the class; empty where it is to be found
     */
    Optional<Object> find(String handler) throws FunctionFailedException {
        return handler.isEmpty() ? findProvider() : Optional.of(instantiate(handler));
    }

    /** Describes a function without a class that could be called. */
    static FunctionFailedException nothingFound() {
        return new FunctionFailedException(
                "no handler found: set handler to its class, or provide it as a service; there is no %s either"
                        .formatted(TEMPLATE_NAME));
    }

    private Optional<Object> findProvider() throws FunctionFailedException {
        Map<String, ServiceLoader.Provider<?>> providers = new LinkedHashMap<>();
        try {
            for (Class<?> service : services()) {
                ServiceLoader.load(service, loader).stream()
                        .forEach(provider ->
                                providers.putIfAbsent(provider.type().getName(), provider));
            }
            if (providers.size() == 1) {
                return Optional.of(providers.values().iterator().next().get());
            }
        } catch (ServiceConfigurationError e) {
            String message = "cannot use the service provider: " + reason(e);
            throw e.getCause() == null
                    ? new FunctionFailedException(message, e)
                    : FunctionFailedException.thrownByFunction(message, e.getCause());
        }
        if (providers.isEmpty()) {
            return findTemplateClass();
        }
        throw new FunctionFailedException("several handlers are provided as services, %s: set handler to one of them"
                .formatted(providers.keySet().stream().sorted().collect(Collectors.joining(" and "))));
    }

    private List<Class<?>> services() {
        List<Class<?>> services = new ArrayList<>(List.of(HttpHandler.class, Servlet.class));
        services.addAll(ModelTypes.handlers(loader));
        return services;
    }

    private Optional<Object> findTemplateClass() throws FunctionFailedException {
        try {
            Class.forName(TEMPLATE_NAME, false, loader);
        } catch (ClassNotFoundException absent) {
            return Optional.empty();
        } catch (LinkageError e) {
            throw new FunctionFailedException("cannot load handler %s: %s".formatted(TEMPLATE_NAME, reason(e)), e);
        }
        return Optional.of(instantiate(TEMPLATE_NAME));
    }

    private Object instantiate(String name) throws FunctionFailedException {
        try {
            return Class.forName(name, true, loader).getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw new FunctionFailedException("cannot load handler %s: no such class".formatted(name), e);
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new FunctionFailedException(
                    "cannot create handler %s: it must be a public class with a public constructor without parameters"
                            .formatted(name),
                    e);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause() == null ? e : e.getCause();
            throw FunctionFailedException.thrownByFunction(
                    "cannot create handler %s: %s".formatted(name, reason(thrown)), thrown);
        } catch (ExceptionInInitializerError e) {
            throw FunctionFailedException.thrownByFunction("cannot load handler %s: %s".formatted(name, reason(e)), e);
        } catch (LinkageError e) {
            throw new FunctionFailedException("cannot load handler %s: %s".formatted(name, reason(e)), e);
        }
    }

    /** Returns the description of the root cause. */
    static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }
}
