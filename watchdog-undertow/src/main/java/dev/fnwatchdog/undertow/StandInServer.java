package dev.fnwatchdog.undertow;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.net.InetSocketAddress;
import java.net.URI;

/** In place of the server of a function in http mode: it responds to every request, by HTTP/1.1 and by HTTP/2. */
final class StandInServer implements AutoCloseable {
    private static final String HTTP2 = "h2c";

    private final Undertow server;

    private StandInServer(Undertow server) {
        this.server = server;
    }

    /** Starts it on any free port of this machine. */
    static StandInServer start() {
        Undertow server = Undertow.builder()
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .addHttpListener(0, "127.0.0.1")
                .setHandler(exchange -> exchange.getResponseSender().send("trained\n"))
                .build();
        server.start();
        return new StandInServer(server);
    }

    /** Returns its URL for a function that is at {@code upstream}; it has no certificate, and so none with TLS. */
    String url(URI upstream) {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        String scheme = HTTP2.equals(upstream.getScheme()) ? HTTP2 : "http";
        return "%s://127.0.0.1:%d".formatted(scheme, address.getPort());
    }

    @Override
    public void close() {
        server.stop();
    }
}
