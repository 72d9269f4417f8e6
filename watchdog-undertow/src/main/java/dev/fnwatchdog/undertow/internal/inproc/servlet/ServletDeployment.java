package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ListenerInfo;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.api.ServletStackTraces;
import io.undertow.servlet.api.ThreadSetupHandler;
import io.undertow.servlet.handlers.ServletHandler;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * A function in a servlet container of its own (specification 5.7, 5.14).
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
     * Deploys the function; {@code init} of each servlet and filter has run when this returns.
     *
     * @param servlet the one of {@code handler}; null where the components alone are the function
     * @throws ServletException where {@code init} fails
     * @throws RuntimeException where the function cannot be deployed
     */
    public static ServletDeployment start(
            @Nullable Servlet servlet, WebComponents components, ServletEnvironment environment)
            throws ServletException {
        DeploymentInfo info = deploymentInfo(environment);
        components.servlets().forEach(type -> info.addServlet(Annotated.servlet(type)));
        components.filters().forEach(type -> Annotated.addFilter(type, info));
        components.listeners().forEach(type -> info.addListener(new ListenerInfo(type)));
        components.initializers().forEach(initializer -> info.addServletContainerInitializer(info(initializer)));
        environment.initParameters().forEach(info::addInitParameter);
        if (servlet != null) {
            ServletInfo described = Annotated.servlet(servlet, NAME);
            environment.initParameters().forEach(described::addInitParam);
            info.addServlet(described);
        }
        DeploymentManager deployment = ServletContainer.Factory.newInstance().addDeployment(info);
        boolean started = false;
        try {
            deployment.deploy();
            HttpHandler handler = deployment.start();
            initializeServlets(deployment);
            started = true;
            return new ServletDeployment(deployment, new ServerOptionsHandler(new ForwardedOriginHandler(handler)));
        } finally {
            if (!started) {
                undeploy(deployment);
            }
        }
    }

    /** Releases what was deployed, as far as that came. */
    private static void undeploy(DeploymentManager deployment) throws ServletException {
        if (deployment.getState() == DeploymentManager.State.STARTED) {
            deployment.stop();
        }
        if (deployment.getState() == DeploymentManager.State.DEPLOYED) {
            deployment.undeploy();
        }
    }

    private static ServletContainerInitializerInfo info(WebComponents.Initializer initializer) {
        return new ServletContainerInitializerInfo(
                initializer.instance().getClass(),
                new ImmediateInstanceFactory<>(initializer.instance()),
                // The specification of servlets demands null for none.
                initializer.handled().isEmpty() ? null : initializer.handled());
    }

    private static DeploymentInfo deploymentInfo(ServletEnvironment environment) {
        return Servlets.deployment()
                .setDeploymentName(NAME)
                .setContextPath("/")
                .setClassLoader(environment.loader())
                .setTempDir(environment.temporary())
                .setResourceManager(environment.resources())
                .addWelcomePage("index.html")
                .setServletStackTraces(ServletStackTraces.NONE)
                .setEscapeErrorMessage(false)
                .addOuterHandlerChainWrapper(EscapedErrors::new)
                .addOuterHandlerChainWrapper(OriginalHostRequests::new)
                .addOuterHandlerChainWrapper(next -> new FormRequests(
                        next, environment.hooks(), new MultipartForms(environment.hooks(), environment.temporary())))
                .setDefaultEncoding("UTF-8")
                .setEagerFilterInit(true)
                .setAsyncExecutor(environment.threads())
                .setSessionManagerFactory(deployed -> FunctionSessions.create(NAME, MAX_SESSIONS, environment.hooks()))
                .setExceptionHandler((exchange, request, response, failure) -> {
                    environment.hooks().failed(exchange, failure);
                    return true;
                })
                .addThreadSetupAction(new ThreadRegistration(environment.hooks()));
    }

    /** Fails here where an init fails: the container would only log it and continue. */
    private static void initializeServlets(DeploymentManager deployment) throws ServletException {
        for (ServletHandler servlet :
                deployment.getDeployment().getServlets().getServletHandlers().values()) {
            servlet.getManagedServlet().getServlet().release();
        }
    }

    /** Returns the handler of requests, which must be called on a thread that may block. */
    public HttpHandler handler() {
        return handler;
    }

    /** Destroys the servlets and filters, and notifies the listeners. */
    public void close() throws ServletException {
        undeploy(deployment);
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
