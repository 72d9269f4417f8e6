package dev.fnwatchdog.undertow;

import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Functions inside the watchdog's JVM that the test plays itself: each class does what was set last. */
final class ScriptedHandler {
    private static volatile HttpHandler exchanges = exchange -> {};
    private static volatile Service servlet = (request, response) -> {};
    private static volatile Handle model = request -> new com.openfaas.model.Response();

    private ScriptedHandler() {}

    /** What a servlet does. */
    interface Service {
        void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    /** What a handler of OpenFaaS' model does. */
    interface Handle {
        IResponse handle(IRequest request) throws Exception;
    }

    /** Starts a watchdog around a handler of Undertow's. */
    static RunningWatchdog undertow(HttpHandler handler, String... settings) throws Exception {
        exchanges = handler;
        return RunningWatchdog.around(Exchanges.class, settings);
    }

    static RunningWatchdog servlet(Service service, String... settings) throws Exception {
        servlet = service;
        return RunningWatchdog.around(Servlet.class, settings);
    }

    static RunningWatchdog model(Handle handle, String... settings) throws Exception {
        model = handle;
        return RunningWatchdog.around(Model.class, settings);
    }

    public static final class Exchanges implements HttpHandler {
        @Override
        public void handleRequest(HttpServerExchange exchange) throws Exception {
            exchanges.handleRequest(exchange);
        }
    }

    public static final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            try {
                servlet.serve(request, response);
            } catch (Exception e) {
                throw Thrown.unchecked(e);
            }
        }
    }

    public static final class Model implements com.openfaas.model.IHandler {
        @Override
        public IResponse Handle(IRequest request) {
            try {
                return model.handle(request);
            } catch (Exception e) {
                throw Thrown.unchecked(e);
            }
        }
    }

    private static final class Thrown {
        @SuppressWarnings("unchecked")
        static <E extends Throwable> RuntimeException unchecked(Exception e) throws E {
            throw (E) e;
        }
    }
}
