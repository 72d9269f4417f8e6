package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.WebInitParam;
import jakarta.servlet.annotation.WebServlet;

/** Reads the annotations of a servlet's class (specification 5.7). */
final class AnnotatedServlet {
    private static final String ALL_PATHS = "/*";

    private AnnotatedServlet() {}

    /** Returns the description of a servlet, on all paths where its class names none. */
    static ServletInfo info(Servlet servlet, String defaultName) {
        Class<? extends Servlet> type = servlet.getClass();
        WebServlet annotation = type.getAnnotation(WebServlet.class);
        ServletInfo info = new ServletInfo(
                annotation == null || annotation.name().isEmpty() ? defaultName : annotation.name(),
                type,
                new ImmediateInstanceFactory<>(servlet));
        MultipartConfig multipart = type.getAnnotation(MultipartConfig.class);
        if (multipart != null) {
            info.setMultipartConfig(new MultipartConfigElement(multipart));
        }
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
}
