import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Has OpenFaaS' entrypoint listen on a free port, which it prints, in place of 8082. Named by the system property {@code
 * com.sun.net.httpserver.HttpServerProvider}; needs {@code --add-exports jdk.httpserver/sun.net.httpserver=ALL-UNNAMED}.
 */
public final class AnyPort extends HttpServerProvider {
    @Override
    public HttpServer createHttpServer(InetSocketAddress fixed, int backlog) throws IOException {
        HttpServer server =
                jdks().createHttpServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), backlog);
        System.out.println("Listening on port: " + server.getAddress().getPort());
        return server;
    }

    @Override
    public HttpsServer createHttpsServer(InetSocketAddress address, int backlog) throws IOException {
        return jdks().createHttpsServer(address, backlog);
    }

    private static HttpServerProvider jdks() {
        try {
            return (HttpServerProvider) Class.forName("sun.net.httpserver.DefaultHttpServerProvider")
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
