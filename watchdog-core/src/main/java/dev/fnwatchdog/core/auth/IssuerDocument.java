package dev.fnwatchdog.core.auth;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Set;

/**
 * What an authority tells of itself under {@code /.well-known/openid-configuration}.
 *
 * @param issuer what {@code iss} and {@code aud} of a token have to be; need not be the authority's own URL
 * @param jwksUri where the key set is
 */
record IssuerDocument(String issuer, URI jwksUri) {
    private static final String PATH = "/.well-known/openid-configuration";
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** Where it is found; the base URL has no trailing slash. */
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
            // Told below: this one's message repeats the URL, which may hold a password.
        }
        throw new IOException("its \"jwks_uri\" is not a whole http or https URL without a user");
    }
}
