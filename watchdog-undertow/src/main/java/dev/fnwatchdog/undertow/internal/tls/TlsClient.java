package dev.fnwatchdog.undertow.internal.tls;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import java.io.Closeable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.ssl.SslConnection;

/**
 * TLS 1.2 and 1.3 to the function, whose certificate has to be trusted and for the host of {@code http_upstream_url}
 * (specification 1.13).
 *
 * <p>Threads: the connections' I/O threads; certificates are checked by an executor.
 */
public final class TlsClient implements Transport {
    /** Holds the longest record with its head. */
    private static final int RECORD_SIZE = 17 * 1024;

    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}|.*:.*");

    /** As long as Go's HTTP client waits for a handshake. */
    static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

    private final String host;
    private final OptionMap options;
    private final UndertowXnioSsl ssl;
    private final Duration handshakeLimit;

    private TlsClient(String host, int port, UndertowXnioSsl ssl, Duration handshakeLimit) {
        this.host = host;
        this.ssl = ssl;
        this.handshakeLimit = handshakeLimit;
        this.options = OptionMap.builder()
                .set(Options.SSL_PEER_HOST_NAME, host)
                .set(Options.SSL_PEER_PORT, port)
                .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2"))
                .set(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, "HTTPS")
                .getMap();
    }

    /**
     * Returns the transport to an upstream: TLS where its scheme is {@code https}.
     *
     * @param environment names more trusted certificates
     * @param tasks runs checks of certificates
     * @throws dev.fnwatchdog.core.config.InvalidConfigException where a variable names certificates that cannot be read
     */
    public static Transport transportTo(URI upstream, Map<String, String> environment, Executor tasks) {
        return transportTo(upstream, environment, tasks, HANDSHAKE_LIMIT);
    }

    /** As the public method, with another limit of a handshake. */
    static Transport transportTo(
            URI upstream, Map<String, String> environment, Executor tasks, Duration handshakeLimit) {
        if (!upstream.getScheme().equals("https")) {
            return CLEAR_TEXT;
        }
        SSLContext context = TrustedCertificates.clientContext(environment);
        ByteBufferPool buffers = new DefaultByteBufferPool(true, RECORD_SIZE, -1, 12);
        String host = upstream.getHost().replaceAll("^\\[|]$|\\.$", "");
        return new TlsClient(
                host,
                upstream.getPort(),
                new UndertowXnioSsl(Xnio.getInstance(), OptionMap.EMPTY, buffers, context, tasks),
                handshakeLimit);
    }

    @Override
    public Closeable secure(StreamConnection connection, Listener listener) {
        SocketSink socket = new SocketSink(connection.getSinkChannel().getConduit());
        connection.getSinkChannel().setConduit(socket);
        SslConnection secured = ssl.wrapExistingConnection(connection, options);
        TlsEngine engine = new TlsEngine(UndertowXnioSsl.getSslEngine(secured));
        if (!ADDRESS.matcher(host).matches()) {
            // The engine itself omits a name without a dot, which is usual within a cluster.
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(host)));
            engine.setSSLParameters(parameters);
        }
        UndertowXnioSsl.getSslConduit(secured).setSslEngine(engine);
        TlsHandshake handshake = new TlsHandshake(secured, socket, engine, host, listener);
        handshake.start(handshakeLimit);
        return handshake;
    }
}
