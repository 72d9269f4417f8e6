package dev.fnwatchdog.undertow;

import io.undertow.server.HttpHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;

/** Builds a handler chain from handlers in the order in which a request meets them. */
final class ChainBuilder {
    private final Deque<UnaryOperator<HttpHandler>> wrappers = new ArrayDeque<>();

    /** Adds the next handler that a request meets; {@code wrapper} makes it from the handler behind it. */
    ChainBuilder then(UnaryOperator<HttpHandler> wrapper) {
        wrappers.push(wrapper);
        return this;
    }

    /** Returns the first handler of a chain that ends with {@code last}. */
    HttpHandler endingAt(HttpHandler last) {
        HttpHandler first = last;
        for (UnaryOperator<HttpHandler> wrapper : wrappers) {
            first = wrapper.apply(first);
        }
        return first;
    }
}
