package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.handlers.resource.ResourceManager;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * What a servlet runs in.
 *
 * @param loader the class loader of the function
 * @param resources the files of {@code META-INF/resources}, of function_path alone
 * @param threads where servlets may block
 * @param temporary the folder for uploaded files
 * @param initParameters of the servlet and of its context
 */
public record ServletEnvironment(
        ClassLoader loader,
        ResourceManager resources,
        Executor threads,
        Path temporary,
        Map<String, String> initParameters,
        ServletHooks hooks) {}
