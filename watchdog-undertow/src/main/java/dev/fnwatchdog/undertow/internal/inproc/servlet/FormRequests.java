package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.form.FormEncodedDataDefinition;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.util.Headers;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the memory of a form whose fields a function reads as parameters (specification 5.16): Undertow holds it as a whole. A
 * function that reads the same body as a stream has no limit.
 */
record FormRequests(HttpHandler next, ServletHooks hooks) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        ServletRequestContext context = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        if (!exchange.isRequestComplete()
                && isForm(exchange)
                && context.getServletRequest() instanceof HttpServletRequest request) {
            context.setServletRequest(new Request(request, () -> hooks.formRead(exchange)));
        }
        next.handleRequest(exchange);
    }

    private static boolean isForm(HttpServerExchange exchange) {
        String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        return type != null && type.startsWith(FormEncodedDataDefinition.APPLICATION_X_WWW_FORM_URLENCODED);
    }

    /** A request with a form that nothing has been read of. */
    private static final class Request extends HttpServletRequestWrapper {
        private enum Body {
            UNREAD,
            /** Read as parameters or as a stream. */
            READ
        }

        private final Runnable formRead;

        // Mutable state
        private Body body = Body.UNREAD;

        Request(HttpServletRequest request, Runnable formRead) {
            super(request);
            this.formRead = formRead;
        }

        private void parametersRead() {
            if (body == Body.UNREAD) {
                body = Body.READ;
                formRead.run();
            }
        }

        @Override
        public @Nullable String getParameter(String name) {
            parametersRead();
            return super.getParameter(name);
        }

        @Override
        public Map<String, String[]> getParameterMap() {
            parametersRead();
            return super.getParameterMap();
        }

        @Override
        public Enumeration<String> getParameterNames() {
            parametersRead();
            return super.getParameterNames();
        }

        @Override
        public String @Nullable [] getParameterValues(String name) {
            parametersRead();
            return super.getParameterValues(name);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            body = Body.READ;
            return super.getInputStream();
        }

        @Override
        public BufferedReader getReader() throws IOException {
            body = Body.READ;
            return super.getReader();
        }
    }
}
