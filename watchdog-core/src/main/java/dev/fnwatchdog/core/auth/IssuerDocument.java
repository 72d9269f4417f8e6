package dev.fnwatchdog.core.auth;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Set;

/**
 * The document that an authority publishes under {@code /.well-known/openid-configuration} (specification 8.1).
 *
 * @param issuer the required {@code iss} and {@code aud} of a token; need not be the authority's own URL
 * @param jwksUri the URL of the key set
 */
record IssuerDocument(String issuer, URI jwksUri) {
    private static final String PATH = "/.well-known/openid-configuration";
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** Returns the document's URL; the authority's base URL has no trailing slash. */
    static URI location(URI authority) {
        return URI.create(authority + PATH);
    }

    static IssuerDocument parse(String json) throws IOException {
        Map<String, ?> members = JsonObjects.read(json);
        return new IssuerDocument(text(members, "issuer"), url(text(members, "jwks_uri")));
    }

    private static String text(Map<String, ?> members, String name) throws IOException {
        if (members.get(name) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new IOException("it has no \"%s\"".formatted(name));
    }

    private static URI url(String text) throws IOException {
        try {
            URI url = new URI(text);
            if (url.getScheme() != null
                    && SCHEMES.contains(url.getScheme())
                    && url.getHost() != null
                    && url.getRawUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            // Reported below: the message of this exception repeats the URL, which may contain a password.
        }
        throw new IOException("its \"jwks_uri\" is not an absolute http or https URL without a user");
    }
}
