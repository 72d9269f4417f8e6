package dev.fnwatchdog.core.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/** URLs that a path is put behind: whole, without a user, a query, a fragment or a trailing slash. */
final class BaseUrl {
    private static final int HIGHEST_PORT = 65535;

    private BaseUrl() {}

    static URI parseUpstream(String text, String expected) {
        URI url = parse(text, List.of("http"), expected);
        int port = url.getPort() < 0 ? 80 : url.getPort();
        return URI.create("http://" + url.getHost() + ":" + port + url.getRawPath());
    }

    static URI parse(String text, List<String> schemes, String expected) {
        URI url = whole(text, expected);
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        boolean more = url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null;
        boolean portFits = url.getPort() != 0 && url.getPort() <= HIGHEST_PORT;
        if (!schemes.contains(scheme) || more || !portFits) {
            throw new IllegalArgumentException(expected);
        }
        String path = url.getRawPath();
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        // Letters outside ASCII cannot go on the wire as they are.
        return URI.create(
                URI.create(scheme + "://" + url.getRawAuthority() + base).toASCIIString());
    }

    private static URI whole(String text, String expected) {
        try {
            URI url = new URI(text);
            if (url.getScheme() != null && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException wrong) {
            // Falls through: its message repeats the URL, which may hold a password.
        }
        throw new IllegalArgumentException(expected);
    }
}
