package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.core.ErrorPages;
import io.undertow.servlet.handlers.ServletRequestContext;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Escapes the message of an error for the container's own page (specification 5.7). Undertow's escaping is switched off, because
 * it escapes its own escapes. An error page of the function gets the message as it is.
 */
record EscapedErrors(HttpHandler next) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        ServletRequestContext context = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        if (context.getServletResponse() instanceof HttpServletResponse response) {
            context.setServletResponse(
                    new Response(response, context.getDeployment().getErrorPages()));
        }
        next.handleRequest(exchange);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static final class Response extends HttpServletResponseWrapper {
        private final ErrorPages pages;

        Response(HttpServletResponse response, ErrorPages pages) {
            super(response);
            this.pages = pages;
        }

        @Override
        public void sendError(int status, @Nullable String message) throws IOException {
            super.sendError(
                    status, message == null || pages.getErrorLocation(status) != null ? message : escape(message));
        }
    }
}
