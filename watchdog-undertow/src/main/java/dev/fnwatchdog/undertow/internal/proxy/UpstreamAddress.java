package dev.fnwatchdog.undertow.internal.proxy;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.Executor;

/**
 * Where the function listens: host, port, and the path that is put before those of requests.
 *
 * <p>Threads: any.
 */
final class UpstreamAddress {
    private final HostLookup host;
    private final String authority;
    private final String path;

    /** @param upstream with a port */
    UpstreamAddress(URI upstream, HostLookup.Source lookups) {
        this.host = new HostLookup(upstream.getHost(), upstream.getPort(), lookups);
        this.authority = upstream.getRawAuthority();
        this.path = upstream.getRawPath();
    }

    /** Passes the addresses to try to {@code listener}, as {@link HostLookup#find} does. */
    void find(Executor thread, HostLookup.Listener listener) {
        host.find(thread, listener);
    }

    /** Records that a server has accepted a connection on this address. */
    void prefer(InetSocketAddress address) {
        host.prefer(address);
    }

    /** Returns host and port, which become the {@code Host} of a request without one (specification 3.12). */
    String authority() {
        return authority;
    }

    /** Returns what is put before the path of each request, without a trailing slash (specification 1.12). */
    String path() {
        return path;
    }

    @Override
    public String toString() {
        return authority + path;
    }
}
