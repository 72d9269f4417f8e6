package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.InvalidConfigException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * The address on which the function listens. A host name may stand for several addresses ({@code localhost} is often
 * both 127.0.0.1 and ::1, and a server may listen on only one of them): the one that accepted a connection last is
 * tried first.
 *
 * <p>Threads: any.
 */
final class UpstreamAddress {
    private final List<InetSocketAddress> addresses;
    private final String authority;
    private final String path;

    // Mutable state: an index, because a lost race then costs one connection attempt at most
    private volatile int preferred;

    private UpstreamAddress(List<InetSocketAddress> addresses, String authority, String path) {
        this.addresses = addresses;
        this.authority = authority;
        this.path = path;
    }

    /**
     * Looks up the host, once (specification 1.14).
     *
     * @throws InvalidConfigException where there is no such host
     */
    static UpstreamAddress of(URI upstream) {
        String host = upstream.getHost().replaceAll("^\\[|]$", "");
        int port = upstream.getPort() < 0 ? 80 : upstream.getPort();
        try {
            List<InetSocketAddress> addresses = Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> new InetSocketAddress(address, port))
                    .toList();
            return new UpstreamAddress(addresses, upstream.getRawAuthority(), upstream.getRawPath());
        } catch (UnknownHostException e) {
            throw new InvalidConfigException("http_upstream_url", upstream.toString(), "a host that can be found");
        }
    }

    int count() {
        return addresses.size();
    }

    /** Returns the {@code attempt}-th address to try, counted from 0. */
    InetSocketAddress candidate(int attempt) {
        return addresses.get((preferred + attempt) % addresses.size());
    }

    /** Records that a server has accepted a connection on this address. */
    void prefer(InetSocketAddress address) {
        int index = addresses.indexOf(address);
        if (index >= 0 && index != preferred) {
            preferred = index;
        }
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
