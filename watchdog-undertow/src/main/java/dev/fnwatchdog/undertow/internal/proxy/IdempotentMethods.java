package dev.fnwatchdog.undertow.internal.proxy;

import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.Set;

/** The methods that may be sent twice with the effect of once (RFC 9110, 9.2.2). */
final class IdempotentMethods {
    private static final Set<HttpString> METHODS =
            Set.of(Methods.GET, Methods.HEAD, Methods.OPTIONS, Methods.TRACE, Methods.PUT, Methods.DELETE);

    private IdempotentMethods() {}

    static boolean isIdempotent(HttpString method) {
        return METHODS.contains(method);
    }
}
