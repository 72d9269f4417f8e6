package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.internal.inproc.servlet.ServletDeployment;
import dev.fnwatchdog.undertow.internal.inproc.servlet.ServletEnvironment;
import dev.fnwatchdog.undertow.internal.inproc.servlet.ServletHooks;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.ServletSecurity;
import java.nio.file.Path;
import java.util.Map;

/**
 * Runs a servlet as the function in a container, on all paths or on its own mappings (specification 5.7).
 *
 * <p>Threads: any.
 */
record ServletFunction(ServletDeployment deployment, HttpHandler requestHandler) implements InprocHandler {
    /** Deploys the servlet; {@code init} has run when this returns. */
    static ServletFunction start(Servlet servlet, HandlerContext context, Path temporary)
            throws FunctionFailedException {
        String name = servlet.getClass().getName();
        if (servlet.getClass().isAnnotationPresent(ServletSecurity.class)) {
            throw new FunctionFailedException(
                    "cannot use handler %s: nobody would enforce its @ServletSecurity".formatted(name));
        }
        try {
            ServletDeployment deployment = ServletDeployment.start(
                    servlet,
                    new ServletEnvironment(
                            context.loader(), context.threads(), temporary, Map.of(), new RequestHooks()));
            return new ServletFunction(deployment, new ExchangeFunction(context, deployment.handler(), true));
        } catch (ServletException | RuntimeException e) {
            throw new FunctionFailedException(
                    "cannot start handler %s: %s".formatted(name, HandlerFinder.reason(e)), e);
        }
    }

    @Override
    public void close() throws ServletException {
        deployment.close();
    }

    private static final class RequestHooks implements ServletHooks {
        @Override
        public void failed(HttpServerExchange exchange, Throwable failure) {
            InprocInvocation.of(exchange).failed(failure);
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
