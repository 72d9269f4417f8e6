package dev.fnwatchdog.core.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/** Parses base URLs: absolute, without a user, a query, a fragment or a trailing slash (specification 1.12, 8.1). */
final class BaseUrl {
    private static final int MAX_PORT = 65535;

    private BaseUrl() {}

    static URI parseUpstream(String text, String expected) {
        URI url = parse(text, List.of("http", "https", "h2c"), expected);
        int defaultPort = url.getScheme().equals("https") ? 443 : 80;
        int port = url.getPort() < 0 ? defaultPort : url.getPort();
        return URI.create(url.getScheme() + "://" + url.getHost() + ":" + port + url.getRawPath());
    }

    static URI parse(String text, List<String> schemes, String expected) {
        URI url = absolute(text, expected);
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        boolean hasOtherParts =
                url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null;
        boolean validPort = url.getPort() != 0 && url.getPort() <= MAX_PORT;
        if (!schemes.contains(scheme) || hasOtherParts || !validPort) {
            throw new IllegalArgumentException(expected);
        }
        String path = url.getRawPath();
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        // Characters outside ASCII must be escaped on the wire.
        return URI.create(
                URI.create(scheme + "://" + url.getRawAuthority() + base).toASCIIString());
    }

    private static URI absolute(String text, String expected) {
        try {
            URI url = new URI(text);
            if (url.getScheme() != null && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            // Falls through: the message of this exception repeats the URL, which may contain a password.
        }
        throw new IllegalArgumentException(expected);
    }
}
