package dev.fnwatchdog.undertow.benchmark;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;

/** A request as Undertow has parsed it; handlers can get it any number of times. */
final class ReceivedRequest {
    private final HttpString method;
    private final String path;
    private final String query;
    private final HeaderMap headers = new HeaderMap();

    ReceivedRequest(SampleRequestHead head) {
        String[] lines = head.text().split("\r\n", -1);
        String[] words = lines[0].split(" ", -1);
        String[] target = words[1].split("\\?", 2);
        // As in Undertow's parser: one object for each known name.
        this.method = HttpString.tryFromString(words[0]);
        this.path = target[0];
        this.query = target.length > 1 ? target[1] : "";
        for (int i = 1; !lines[i].isEmpty(); i++) {
            String[] field = lines[i].split(": ", 2);
            headers.add(HttpString.tryFromString(field[0]), field[1]);
        }
    }

    HttpServerExchange exchange(ServerConnection connection) {
        HttpServerExchange exchange = new HttpServerExchange(connection, headers, new HeaderMap(), -1);
        exchange.setRequestMethod(method);
        exchange.setProtocol(Protocols.HTTP_1_1);
        exchange.setRequestURI(path);
        exchange.setRequestPath(path);
        exchange.setRelativePath(path);
        exchange.setQueryString(query);
        return exchange;
    }
}
