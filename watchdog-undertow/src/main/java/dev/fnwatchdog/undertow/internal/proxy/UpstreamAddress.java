package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.InvalidConfigException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Where the function listens. A name may stand for several addresses ({@code localhost} is often both 127.0.0.1 and ::1,
 * and a server may listen on one of them only): the one that answered last is tried first.
 *
 * <p>Threads: any.
 */
final class UpstreamAddress {
    private final List<InetSocketAddress> addresses;
    private final String authority;
    private final String path;

    // Mutable state: an index, so that a lost race costs one connection attempt at most
    private volatile int preferred;

    private UpstreamAddress(List<InetSocketAddress> addresses, String authority, String path) {
        this.addresses = addresses;
        this.authority = authority;
        this.path = path;
    }

    /**
     * Looks the host up, once.
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

    /** The {@code attempt}-th address to try, counted from 0. */
    InetSocketAddress candidate(int attempt) {
        return addresses.get((preferred + attempt) % addresses.size());
    }

    void prefer(InetSocketAddress address) {
        int index = addresses.indexOf(address);
        if (index >= 0 && index != preferred) {
            preferred = index;
        }
    }

    /** Host and port, for a request that named none. */
    String authority() {
        return authority;
    }

    /** What is put before each request's path; without a slash at its end. */
    String path() {
        return path;
    }

    @Override
    public String toString() {
        return authority + path;
    }
}
