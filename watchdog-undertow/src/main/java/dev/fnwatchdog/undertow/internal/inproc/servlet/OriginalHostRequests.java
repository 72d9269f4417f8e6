package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.util.Headers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows a servlet the field {@code Host} as it came, where {@link ForwardedOriginHandler} has overridden it (specification 5.16).
 */
record OriginalHostRequests(HttpHandler next) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        String host = exchange.getAttachment(ForwardedOriginHandler.ORIGINAL_HOST);
        ServletRequestContext context = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
        if (host != null && context.getServletRequest() instanceof HttpServletRequest request) {
            context.setServletRequest(new Request(request, host));
        }
        next.handleRequest(exchange);
    }

    private static final class Request extends HttpServletRequestWrapper {
        private final List<String> hosts;

        Request(HttpServletRequest request, String host) {
            super(request);
            this.hosts = host.isEmpty() ? List.of() : List.of(host);
        }

        private static boolean isHost(String name) {
            return name.equalsIgnoreCase(Headers.HOST_STRING);
        }

        @Override
        public @Nullable String getHeader(String name) {
            if (isHost(name)) {
                return hosts.isEmpty() ? null : hosts.get(0);
            }
            return super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return isHost(name) ? Collections.enumeration(hosts) : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            return hosts.isEmpty()
                    ? Collections.enumeration(Collections.list(super.getHeaderNames()).stream()
                            .filter(name -> !isHost(name))
                            .toList())
                    : super.getHeaderNames();
        }
    }
}
