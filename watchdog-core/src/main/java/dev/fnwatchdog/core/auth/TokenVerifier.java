package dev.fnwatchdog.core.auth;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.IncorrectClaimException;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.JwtVisitor;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.MissingClaimException;
import io.jsonwebtoken.PrematureJwtException;
import io.jsonwebtoken.SupportedJwtVisitor;
import io.jsonwebtoken.UnsupportedJwtException;
import io.jsonwebtoken.security.SignatureException;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;

/**
 * Verifies tokens with one key set (contract 8). Made once for each set.
 *
 * <p>Threads: any; takes some 50–300 µs and never blocks.
 */
final class TokenVerifier {
    /** What is longer is not parsed: its header is anybody's until the signature has been verified. */
    private static final int LONGEST_TOKEN = 64 * 1024;

    private static final Duration LEEWAY = Duration.ofSeconds(1);

    private static final JwtVisitor<Claims> SIGNED_CLAIMS = new SupportedJwtVisitor<>() {
        @Override
        public Claims onVerifiedClaims(Jws<Claims> token) {
            return token.getPayload();
        }

        /** To jjwt whatever is no JSON object is a text, which may be signed as well. */
        @Override
        public Claims onVerifiedContent(Jws<byte[]> token) {
            throw RefusedTokenException.because("the token is malformed");
        }
    };

    private final JwtParser parser;

    /** @param issuer what {@code iss} and {@code aud} have to be */
    TokenVerifier(String issuer, KeySet keys, Clock clock) {
        this.parser = Jwts.parser()
                .json(JsonObjects.READER)
                .keyLocator(keys)
                .requireIssuer(issuer)
                .requireAudience(issuer)
                .clock(() -> Date.from(clock.instant()))
                .clockSkewSeconds(LEEWAY.toSeconds())
                .build();
    }

    /** The claims of a good token. */
    Claims verify(String token) {
        if (token.length() > LONGEST_TOKEN) {
            throw RefusedTokenException.because("the token is longer than %d characters".formatted(LONGEST_TOKEN));
        }
        Claims claims = parse(token);
        if (claims.getExpiration() == null) {
            throw RefusedTokenException.because("the token has no expiry");
        }
        return claims;
    }

    private Claims parse(String token) {
        try {
            return parser.parse(token).accept(SIGNED_CLAIMS);
        } catch (RefusedTokenException e) {
            throw e;
        } catch (ExpiredJwtException e) {
            throw RefusedTokenException.because("the token has expired");
        } catch (PrematureJwtException e) {
            throw RefusedTokenException.because("the token is not valid yet");
        } catch (IncorrectClaimException | MissingClaimException e) {
            throw RefusedTokenException.because("the token's issuer or audience is not the expected one");
        } catch (SignatureException e) {
            throw RefusedTokenException.because("the token's signature is wrong");
        } catch (UnsupportedJwtException e) {
            throw RefusedTokenException.because("the token is not signed in a way that is accepted");
        } catch (RuntimeException e) {
            // Whatever it is that a parser stumbles over, the token is no good one.
            throw RefusedTokenException.because("the token is malformed");
        }
    }
}
