package dev.fnwatchdog.undertow.internal.inproc.servlet;

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
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * A servlet in a container of its own (specification 5.7).
 *
 * <p>Threads: any.
 */
public final class ServletDeployment {
    private static final String NAME = "function";
    private static final int MAX_SESSIONS = 10_000;

    private final DeploymentManager deployment;
    private final HttpHandler handler;

    private ServletDeployment(DeploymentManager deployment, HttpHandler handler) {
        this.deployment = deployment;
        this.handler = handler;
    }

    /**
     * Deploys the servlet; {@code init} has run when this returns.
     *
     * @throws ServletException where {@code init} fails
     * @throws RuntimeException where the servlet cannot be deployed
     */
    public static ServletDeployment start(Servlet servlet, ServletEnvironment environment) throws ServletException {
        ServletContainer container = ServletContainer.Factory.newInstance();
        ServletInfo info = AnnotatedServlet.info(servlet, NAME);
        DeploymentManager deployment =
                container.addDeployment(deploymentInfo(environment).addServlet(info));
        deployment.deploy();
        HttpHandler handler = deployment.start();
        // Fail here where init fails: the container would only log it and continue.
        deployment
                .getDeployment()
                .getServlets()
                .getManagedServlet(info.getName())
                .getServlet()
                .release();
        return new ServletDeployment(deployment, new ServerOptionsHandler(new ForwardedOriginHandler(handler)));
    }

    private static DeploymentInfo deploymentInfo(ServletEnvironment environment) {
        return Servlets.deployment()
                .setDeploymentName(NAME)
                .setContextPath("/")
                .setClassLoader(environment.loader())
                .setTempDir(environment.temporary())
                .setServletStackTraces(ServletStackTraces.NONE)
                .setEscapeErrorMessage(false)
                .addOuterHandlerChainWrapper(EscapedErrors::new)
                .setDefaultEncoding("UTF-8")
                .setAsyncExecutor(environment.threads())
                .setSessionManagerFactory(deployed -> new InMemorySessionManager(NAME, MAX_SESSIONS))
                .setExceptionHandler((exchange, request, response, failure) -> {
                    environment.hooks().failed(exchange, failure);
                    return true;
                })
                .addThreadSetupAction(new ThreadRegistration(environment.hooks()));
    }

    /** Returns the handler of requests, which must be called on a thread that may block. */
    public HttpHandler handler() {
        return handler;
    }

    /** Destroys the servlet. */
    public void close() throws ServletException {
        deployment.stop();
        deployment.undeploy();
    }

    /** Registers each container thread that works for a request, so that cancelling the request interrupts it. */
    private record ThreadRegistration(ServletHooks hooks) implements ThreadSetupHandler {
        @Override
        public <T, C> Action<T, C> create(Action<T, C> action) {
            return (@Nullable HttpServerExchange exchange, C context) -> {
                if (exchange == null || exchange.isInIoThread()) {
                    return action.call(exchange, context);
                }
                hooks.threadEntered(exchange);
                try {
                    return action.call(exchange, context);
                } finally {
                    hooks.threadLeft(exchange);
                }
            };
        }
    }
}
