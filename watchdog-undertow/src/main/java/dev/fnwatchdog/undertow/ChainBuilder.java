package dev.fnwatchdog.undertow;

import io.undertow.server.HttpHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;

/** Handlers in the order in which a request meets them. */
final class ChainBuilder {
    private final Deque<UnaryOperator<HttpHandler>> wrappers = new ArrayDeque<>();

    /** Adds the next handler that a request meets, made from the one behind it. */
    ChainBuilder then(UnaryOperator<HttpHandler> wrapper) {
        wrappers.push(wrapper);
        return this;
    }

    /** The first handler of the chain, once its last is known. */
    HttpHandler endingAt(HttpHandler last) {
        HttpHandler first = last;
        for (UnaryOperator<HttpHandler> wrapper : wrappers) {
            first = wrapper.apply(first);
        }
        return first;
    }
}
