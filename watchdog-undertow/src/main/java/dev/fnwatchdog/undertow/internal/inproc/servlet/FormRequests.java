package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.form.FormEncodedDataDefinition;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.util.Headers;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the memory of a form whose fields a function reads as parameters or parts (specification 5.16): Undertow holds it as a
 * whole. A function that reads the same body as a stream has no limit.
 */
record FormRequests(HttpHandler next, ServletHooks hooks, MultipartForms multipart) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        ServletRequestContext context = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        if (!exchange.isRequestComplete() && context.getServletRequest() instanceof HttpServletRequest request) {
            String type = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
            if (isUrlEncoded(type)) {
                context.setServletRequest(new UrlEncodedRequest(request, () -> hooks.formRead(exchange)));
            } else if (MultipartForms.isForm(type)) {
                context.setServletRequest(new MultipartRequest(request, () -> multipart.prepare(exchange)));
            }
        }
        next.handleRequest(exchange);
    }

    private static boolean isUrlEncoded(@Nullable String type) {
        return type != null && type.startsWith(FormEncodedDataDefinition.APPLICATION_X_WWW_FORM_URLENCODED);
    }

    /** A request whose parameters may be fields of its body. */
    private abstract static class Request extends HttpServletRequestWrapper {
        Request(HttpServletRequest request) {
            super(request);
        }

        /** Called before the body may be read into parameters. */
        abstract void parametersRead();

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
    }

    /** Every call that makes Undertow look for a parser of the body is preceded by one to {@code prepare}. */
    private static final class MultipartRequest extends Request {
        private final Runnable prepare;

        MultipartRequest(HttpServletRequest request, Runnable prepare) {
            super(request);
            this.prepare = prepare;
        }

        @Override
        void parametersRead() {
            prepare.run();
        }

        @Override
        public void setCharacterEncoding(String encoding) throws UnsupportedEncodingException {
            prepare.run();
            super.setCharacterEncoding(encoding);
        }

        @Override
        public Part getPart(String name) throws IOException, ServletException {
            prepare.run();
            return super.getPart(name);
        }

        @Override
        public Collection<Part> getParts() throws IOException, ServletException {
            prepare.run();
            return super.getParts();
        }
    }

    /** A request with a form that nothing has been read of. */
    private static final class UrlEncodedRequest extends Request {
        private enum Body {
            UNREAD,
            /** Read as parameters or as a stream. */
            READ
        }

        private final Runnable formRead;

        // Mutable state
        private Body body = Body.UNREAD;

        UrlEncodedRequest(HttpServletRequest request, Runnable formRead) {
            super(request);
            this.formRead = formRead;
        }

        @Override
        void parametersRead() {
            if (body == Body.UNREAD) {
                body = Body.READ;
                formRead.run();
            }
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
