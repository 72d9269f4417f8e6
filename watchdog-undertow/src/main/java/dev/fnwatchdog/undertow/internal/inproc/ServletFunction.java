package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.internal.inproc.functionpath.FunctionClassLoader;
import dev.fnwatchdog.undertow.internal.inproc.functionpath.FunctionResources;
import dev.fnwatchdog.undertow.internal.inproc.servlet.FormMemory;
import dev.fnwatchdog.undertow.internal.inproc.servlet.ServletDeployment;
import dev.fnwatchdog.undertow.internal.inproc.servlet.ServletEnvironment;
import dev.fnwatchdog.undertow.internal.inproc.servlet.ServletHooks;
import dev.fnwatchdog.undertow.internal.inproc.servlet.WebComponents;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.resource.ResourceManager;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.ServletSecurity;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a servlet, or a web application without a servlet of its own, as the function in a container (specification 5.7, 5.14).
 *
 * <p>Threads: any.
 */
record ServletFunction(ServletDeployment deployment, HttpHandler requestHandler) implements InprocHandler {
    /**
     * Where a servlet runs, and with which settings.
     *
     * @param memory for what is held of a request as a whole
     */
    record Settings(Path temporary, Map<String, String> initParameters, MemoryBudget memory) {}

    /**
     * Deploys the function; {@code init} has run when this returns.
     *
     * @param servlet the one of {@code handler}; null where the components alone are the function
     */
    static ServletFunction start(
            @Nullable Servlet servlet, WebComponents components, HandlerContext context, Settings settings)
            throws FunctionFailedException {
        if (servlet != null && servlet.getClass().isAnnotationPresent(ServletSecurity.class)) {
            throw new FunctionFailedException("cannot use handler %s: its @ServletSecurity would not be enforced"
                    .formatted(servlet.getClass().getName()));
        }
        try {
            ServletEnvironment environment = new ServletEnvironment(
                    context.loader(),
                    resources(context.loader()),
                    context.threads(),
                    settings.temporary(),
                    settings.initParameters(),
                    new RequestHooks(settings.memory(), context.log()));
            ServletDeployment deployment = ServletDeployment.start(servlet, components, environment);
            return new ServletFunction(deployment, new ExchangeFunction(context, deployment.handler(), true));
        } catch (ServletException | RuntimeException | LinkageError e) {
            throw new FunctionFailedException(
                    "cannot start %s: %s"
                            .formatted(
                                    servlet == null
                                            ? "the web application of function_path"
                                            : "handler " + servlet.getClass().getName(),
                                    HandlerFinder.reason(e)),
                    e);
        }
    }

    /** Returns the files of {@code META-INF/resources} in function_path; those of the class path are not the function's. */
    private static ResourceManager resources(ClassLoader loader) {
        return loader instanceof FunctionClassLoader own
                ? FunctionResources.of(own)
                : ResourceManager.EMPTY_RESOURCE_MANAGER;
    }

    @Override
    public void close() throws ServletException {
        deployment.close();
    }

    private record RequestHooks(MemoryBudget memory, WatchdogLog log) implements ServletHooks {
        @Override
        public void failed(HttpServerExchange exchange, Throwable failure) {
            InprocInvocation.of(exchange).failed(failure);
        }

        @Override
        public void formRead(HttpServerExchange exchange) {
            InprocInvocation.of(exchange).holdForm(new HeldForm(memory, HeldForm.Kind.URL_ENCODED));
        }

        @Override
        public FormMemory partsRead(HttpServerExchange exchange) {
            HeldForm held = new HeldForm(memory, HeldForm.Kind.MULTIPART);
            InprocInvocation.of(exchange).holdForm(held);
            return held;
        }

        @Override
        public void warn(String message) {
            log.warn(message);
        }

        @Override
        public void threadEntered(HttpServerExchange exchange) {
            InprocInvocation.of(exchange).execution().attachThread();
        }

        @Override
        public void threadLeft(HttpServerExchange exchange) {
            InprocInvocation.of(exchange).execution().detachThread();
        }
    }
}
