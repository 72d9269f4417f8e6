package dev.fnwatchdog.undertow.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which fields a trailer section may contain (RFC 9110 6.5.1). Proves specification 3.27. */
class TrailerFieldsTest {
    /** Proves specification 3.27. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "keep-alive",
                "Proxy-Connection",
                "TE",
                "Transfer-Encoding",
                "Upgrade",
                "HTTP2-Settings",
                "content-length",
                "Content-Encoding",
                "Content-Range",
                "Content-Type",
                "Trailer",
                "Host",
                "Forwarded",
                "X-Forwarded-For",
                "X-Forwarded-Proto",
                "X-Real-IP",
                "authorization",
                "Proxy-Authorization",
                "Proxy-Authenticate",
                "WWW-Authenticate",
                "Cookie",
                "Set-Cookie",
                "x-auth-seconds",
                "Cache-Control",
                "Expect",
                "Max-Forwards",
                "Pragma",
                "Range",
                "If-Match",
                "if-modified-since",
                "If-Range",
                "Age",
                "Date",
                "Expires",
                "Location",
                "Retry-After",
                "Vary",
                "Warning"
            })
    void framingRoutingAuthenticationAndControlFieldsAreForbiddenInTrailers(String name) {
        assertThat(TrailerFields.isForbidden(new HttpString(name))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Sum",
                "grpc-status",
                "grpc-message",
                "Digest",
                "ETag",
                "Server-Timing",
                "Authentication-Info",
                "If",
                "x-if-match"
            })
    void everyOtherFieldIsPermittedInTrailers(String name) {
        assertThat(TrailerFields.isForbidden(new HttpString(name))).isFalse();
    }

    /** Proves specification 3.27. */
    @Test
    void permittedTrailersKeepAllTheirValuesAndForbiddenOnesAreRemoved() {
        HeaderMap trailers = new HeaderMap();
        trailers.add(new HttpString("X-Sum"), "1")
                .add(new HttpString("X-Sum"), "2")
                .add(Headers.HOST, "h")
                .add(new HttpString("X-Hop"), "3");
        HeaderMap head = new HeaderMap().add(Headers.CONNECTION, "close, x-hop");

        HeaderMap permitted = TrailerFields.permitted(trailers, head);

        assertThat(permitted).extracting(HeaderValues::getHeaderName).containsExactly(new HttpString("X-Sum"));
        assertThat(permitted.get("X-Sum")).containsExactly("1", "2");
    }
}
