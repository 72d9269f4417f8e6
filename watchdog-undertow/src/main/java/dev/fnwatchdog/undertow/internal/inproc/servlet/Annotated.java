package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.annotation.WebInitParam;
import jakarta.servlet.annotation.WebServlet;
import java.util.List;
import java.util.stream.Stream;

/** Describes servlets and filters by the annotations of their classes (specification 5.7, 5.14). */
final class Annotated {
    private static final String ALL_PATHS = "/*";

    private Annotated() {}

    /** Describes the servlet of {@code handler}: on all paths where its class names none. */
    static ServletInfo servlet(Servlet servlet, String defaultName) {
        Class<? extends Servlet> type = servlet.getClass();
        WebServlet annotation = type.getAnnotation(WebServlet.class);
        String name = annotation == null || annotation.name().isEmpty() ? defaultName : annotation.name();
        return describe(new ServletInfo(name, type, new ImmediateInstanceFactory<>(servlet)), type);
    }

    /** Describes a servlet that the container creates. */
    static ServletInfo servlet(Class<? extends Servlet> type) {
        String name = type.getAnnotation(WebServlet.class).name();
        return describe(new ServletInfo(name.isEmpty() ? type.getName() : name, type), type);
    }

    private static ServletInfo describe(ServletInfo info, Class<? extends Servlet> type) {
        if (type.isAnnotationPresent(ServletSecurity.class)) {
            throw new IllegalArgumentException(
                    "the @ServletSecurity of %s would not be enforced".formatted(type.getName()));
        }
        MultipartConfig multipart = type.getAnnotation(MultipartConfig.class);
        if (multipart != null) {
            info.setMultipartConfig(new MultipartConfigElement(multipart));
        }
        WebServlet annotation = type.getAnnotation(WebServlet.class);
        if (annotation == null) {
            return info.setAsyncSupported(true).addMapping(ALL_PATHS);
        }
        info.setAsyncSupported(annotation.asyncSupported());
        for (WebInitParam parameter : annotation.initParams()) {
            info.addInitParam(parameter.name(), parameter.value());
        }
        info.addMappings(annotation.value()).addMappings(annotation.urlPatterns());
        return info.getMappings().isEmpty() ? info.addMapping(ALL_PATHS) : info;
    }

    /** Adds a filter with its mappings. */
    static void addFilter(Class<? extends Filter> type, DeploymentInfo deployment) {
        WebFilter annotation = type.getAnnotation(WebFilter.class);
        String name = annotation.filterName().isEmpty() ? type.getName() : annotation.filterName();
        FilterInfo info = new FilterInfo(name, type).setAsyncSupported(annotation.asyncSupported());
        for (WebInitParam parameter : annotation.initParams()) {
            info.addInitParam(parameter.name(), parameter.value());
        }
        deployment.addFilter(info);
        List<String> paths = Stream.of(annotation.value(), annotation.urlPatterns())
                .flatMap(Stream::of)
                .toList();
        for (DispatcherType dispatcher : annotation.dispatcherTypes()) {
            paths.forEach(path -> deployment.addFilterUrlMapping(name, path, dispatcher));
            for (String servlet : annotation.servletNames()) {
                deployment.addFilterServletNameMapping(name, servlet, dispatcher);
            }
        }
    }
}
