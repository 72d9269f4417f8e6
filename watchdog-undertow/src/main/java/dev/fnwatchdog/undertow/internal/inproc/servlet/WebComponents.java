package dev.fnwatchdog.undertow.internal.inproc.servlet;

import dev.fnwatchdog.undertow.internal.inproc.scan.ClassIndex;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.annotation.HandlesTypes;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.annotation.WebListener;
import jakarta.servlet.annotation.WebServlet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * What a function consists of beside a servlet of {@code handler} (specification 5.14).
 *
 * @param servlets those with {@code @WebServlet}
 * @param filters those with {@code @WebFilter}, by the names of their classes
 * @param listeners those with {@code @WebListener}, by the names of their classes
 */
public record WebComponents(
        List<Initializer> initializers,
        List<Class<? extends Servlet>> servlets,
        List<Class<? extends Filter>> filters,
        List<Class<? extends EventListener>> listeners) {
    /** The packages of other containers, whose libraries initialize those containers. */
    private static final List<String> FOREIGN = List.of(
            "io.undertow.", "org.apache.catalina.", "org.apache.jasper.", "org.apache.tomcat.", "org.eclipse.jetty.");

    public WebComponents {
        initializers = List.copyOf(initializers);
        servlets = List.copyOf(servlets);
        filters = List.copyOf(filters);
        listeners = List.copyOf(listeners);
    }

    /**
     * An initializer with the classes that it asks for.
     *
     * @param handled empty where there are none
     */
    public record Initializer(ServletContainerInitializer instance, Set<Class<?>> handled) {}

    /** Returns no components at all. */
    public static WebComponents none() {
        return new WebComponents(List.of(), List.of(), List.of(), List.of());
    }

    /** Returns whether there are none at all: an initializer, a listener or a filter can serve as well as a servlet. */
    public boolean isEmpty() {
        return initializers.isEmpty() && servlets.isEmpty() && filters.isEmpty() && listeners.isEmpty();
    }

    /** Returns these components without their servlets. */
    public WebComponents withoutServlets() {
        return new WebComponents(initializers, List.of(), filters, listeners);
    }

    /**
     * Finds the components in the class files of {@code archives}.
     *
     * @param loader the function's own
     * @throws java.util.ServiceConfigurationError where an initializer cannot be created
     */
    public static WebComponents find(List<Path> archives, ClassLoader loader) throws IOException {
        ClassIndex index = ClassIndex.of(archives, loader);
        return new WebComponents(
                initializers(index, loader),
                annotated(index, WebServlet.class, Servlet.class),
                annotated(index, WebFilter.class, Filter.class),
                annotated(index, WebListener.class, EventListener.class));
    }

    private static List<Initializer> initializers(ClassIndex index, ClassLoader loader) {
        List<Initializer> found = new ArrayList<>();
        ServiceLoader.load(ServletContainerInitializer.class, loader).stream()
                .filter(provider -> FOREIGN.stream().noneMatch(provider.type().getName()::startsWith))
                .map(ServiceLoader.Provider::get)
                .forEach(instance -> found.add(new Initializer(instance, handled(index, instance))));
        return found;
    }

    private static Set<Class<?>> handled(ClassIndex index, ServletContainerInitializer initializer) {
        Set<Class<?>> handled = new LinkedHashSet<>();
        HandlesTypes annotation = initializer.getClass().getAnnotation(HandlesTypes.class);
        if (annotation != null) {
            for (Class<?> type : annotation.value()) {
                handled.addAll(type.isAnnotation() ? index.annotatedWith(type) : index.subtypesOf(type));
            }
        }
        return handled;
    }

    /** Returns the classes with an annotation of which the type matches, which is an error of the function otherwise. */
    private static <T> List<Class<? extends T>> annotated(ClassIndex index, Class<?> annotation, Class<T> type) {
        List<Class<? extends T>> found = new ArrayList<>();
        for (Class<?> annotated : index.annotatedWith(annotation)) {
            if (!type.isAssignableFrom(annotated)) {
                throw new IllegalStateException("%s has @%s but is not a %s"
                        .formatted(annotated.getName(), annotation.getSimpleName(), type.getName()));
            }
            found.add(annotated.asSubclass(type));
        }
        return found;
    }
}
