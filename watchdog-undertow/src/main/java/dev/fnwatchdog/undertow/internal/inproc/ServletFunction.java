package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.process.FunctionFailedException;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.session.InMemorySessionManager;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.api.ServletStackTraces;
import io.undertow.servlet.api.ThreadSetupHandler;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.WebInitParam;
import jakarta.servlet.annotation.WebServlet;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A servlet as the function, in a container of its own (contract 5): on all paths, or on those that it names itself.
 *
 * <p>Threads: any.
 */
final class ServletFunction implements InprocHandler {
    private static final String NAME = "function";
    private static final int MOST_SESSIONS = 10_000;
    private static final String EVERYTHING = "/*";

    private final DeploymentManager deployment;
    private final HttpHandler requestHandler;

    private ServletFunction(DeploymentManager deployment, HttpHandler calls) {
        this.deployment = deployment;
        this.requestHandler = calls;
    }

    /** Makes it ready for calls; {@code init} has run when this returns. */
    static ServletFunction start(Servlet servlet, HandlerContext host, Path temporary) throws FunctionFailedException {
        String name = servlet.getClass().getName();
        if (servlet.getClass().isAnnotationPresent(ServletSecurity.class)) {
            throw new FunctionFailedException(
                    "cannot use handler %s: nobody would enforce its @ServletSecurity".formatted(name));
        }
        ServletContainer container = ServletContainer.Factory.newInstance();
        ServletInfo info = info(servlet);
        DeploymentManager deployment = container.addDeployment(describe(info, host, temporary));
        try {
            deployment.deploy();
            HttpHandler calls = new ExchangeFunction(host, deployment.start(), true);
            // The container would only log it where init fails, and go on.
            deployment
                    .getDeployment()
                    .getServlets()
                    .getManagedServlet(info.getName())
                    .getServlet()
                    .release();
            return new ServletFunction(deployment, calls);
        } catch (ServletException | RuntimeException e) {
            throw new FunctionFailedException(
                    "cannot start handler %s: %s".formatted(name, HandlerFinder.reason(e)), e);
        }
    }

    private static DeploymentInfo describe(ServletInfo servlet, HandlerContext host, Path temporary) {
        return Servlets.deployment()
                .setDeploymentName(NAME)
                .setContextPath("/")
                .setClassLoader(host.loader())
                .setTempDir(temporary)
                .setServletStackTraces(ServletStackTraces.NONE)
                .setDefaultEncoding("UTF-8")
                .setAsyncExecutor(host.threads())
                .setSessionManagerFactory(deployed -> new InMemorySessionManager(NAME, MOST_SESSIONS))
                .setExceptionHandler((exchange, request, response, failure) -> {
                    InprocInvocation.of(exchange).failed(failure);
                    return true;
                })
                .addThreadSetupAction(new Registration())
                .addServlet(servlet);
    }

    private static ServletInfo info(Servlet servlet) {
        Class<? extends Servlet> type = servlet.getClass();
        WebServlet annotation = type.getAnnotation(WebServlet.class);
        ServletInfo info = new ServletInfo(
                annotation == null || annotation.name().isEmpty() ? NAME : annotation.name(),
                type,
                new ImmediateInstanceFactory<>(servlet));
        MultipartConfig multipart = type.getAnnotation(MultipartConfig.class);
        if (multipart != null) {
            info.setMultipartConfig(new MultipartConfigElement(multipart));
        }
        if (annotation == null) {
            return info.setAsyncSupported(true).addMapping(EVERYTHING);
        }
        info.setAsyncSupported(annotation.asyncSupported());
        for (WebInitParam parameter : annotation.initParams()) {
            info.addInitParam(parameter.name(), parameter.value());
        }
        info.addMappings(annotation.value()).addMappings(annotation.urlPatterns());
        return info.getMappings().isEmpty() ? info.addMapping(EVERYTHING) : info;
    }

    @Override
    public HttpHandler requestHandler() {
        return requestHandler;
    }

    @Override
    public void close() throws ServletException {
        deployment.stop();
        deployment.undeploy();
    }

    /** Whatever thread of the container works for a call belongs to it, and is interrupted with it. */
    private static final class Registration implements ThreadSetupHandler {
        @Override
        public <T, C> Action<T, C> create(Action<T, C> action) {
            return (@Nullable HttpServerExchange exchange, C context) -> {
                if (exchange == null || exchange.isInIoThread()) {
                    return action.call(exchange, context);
                }
                HandlerExecution run = InprocInvocation.of(exchange).execution();
                run.attachThread();
                try {
                    return action.call(exchange, context);
                } finally {
                    run.detachThread();
                }
            };
        }
    }
}
