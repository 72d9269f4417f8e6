package dev.fnwatchdog.undertow.internal.proxy;

import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.Set;

/** The idempotent methods: a request that is sent twice has the effect of one (RFC 9110, 9.2.2). */
final class IdempotentMethods {
    /** As text, because the names of methods are case-sensitive (RFC 9110, 9.1), and Undertow's are compared otherwise. */
    private static final Set<String> METHODS = Set.of(
            Methods.GET_STRING,
            Methods.HEAD_STRING,
            Methods.OPTIONS_STRING,
            Methods.TRACE_STRING,
            Methods.PUT_STRING,
            Methods.DELETE_STRING);

    private IdempotentMethods() {}

    static boolean isIdempotent(HttpString method) {
        return METHODS.contains(method.toString());
    }
}
