package dev.fnwatchdog.core.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON as RFC 8259 has it, and text that lenient parsers accept as JSON: in tokens, issuer documents and key sets. */
class StrictJsonTest {
    private static final SigningKey KEY = SigningKey.ed25519("key");
    private static final String MALFORMED = "the token is malformed";
    private static final String HEADER = "{\"alg\":\"EdDSA\",\"kid\":\"key\"%s}";

    private static Issuer issuer;
    private static Guard guard;

    @BeforeAll
    static void start() throws IOException {
        issuer = Issuer.publishing(KEY);
        guard = Guard.of(issuer.config());
    }

    @AfterAll
    static void stop() throws IOException {
        guard.close();
        issuer.close();
    }

    private static String claims(String more) {
        String good = TokenClaims.good().json();
        return good.substring(0, good.length() - 1) + more;
    }

    /** Proves specification 8.7. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ",'x':1}",
                ",\"x\":'a'}",
                ",x:1}",
                ",\"x\":a}",
                ",\"x\":TRUE}",
                ",\"x\":NaN}",
                ",\"x\"=1}",
                ";\"x\":1}",
                ",}",
                ",\"x\":[1,]}",
                "}x",
                "}}",
                "}{\"exp\":1}",
                "}\0",
                "}\0{\"exp\":1}",
                ",\"x\":\u000b1}",
                ",\"x\":\"a\tb\"}",
                ",\"x\":\"a\u0001b\"}",
                ",\"x\":\"\\'\"}",
                ",\"x\":\"\\u12\"}",
                ",\"x\":01}",
                ",\"x\":00.5}",
                ",\"x\":1.e3}",
                ",\"x\":+1}",
                ",\"x\":.5}",
                ",\"x\":0x10}",
                ",\"x\":1e9999}",
                ",\"x\":1/*c*/}",
                ",\"sub\":\"fed:mallory\"}",
                ",\"x\":{\"a\":1,\"a\":2}}"
            })
    void aSignedTokenWhoseClaimsAreNotStrictJsonIsRefused(String end) throws Exception {
        assertThat(guard.decide(KEY.token(claims(end)))).isEqualTo(MALFORMED);
    }

    /** Proves specification 8.7. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "}",
                " } \r\n\t",
                ",\"x\":[]}",
                ",\"x\":[null,true,false,{},-0,0.5,-1.25E+3,1e-7,123456789012345678901234567890]}",
                ",\"x\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00fC 'e0 - .+\u007f\u2028\"}",
                ",\"e\":1,\"-\":2}"
            })
    void aTokenWhoseClaimsUseAnyFormOfRfc8259IsAllowed(String end) throws Exception {
        assertThat(guard.decide(KEY.token(claims(end)))).isEqualTo(Guard.ALLOWED);
    }

    /** Proves specification 8.7. */
    @ParameterizedTest
    @ValueSource(strings = {",'x':1", ",\"x\":y", ",\"kid\":\"other\"", ",\"x\":\"\t\"", ",\"nbf\":\"soon\""})
    void aTokenWhoseHeaderIsNotStrictJsonIsRefused(String more) throws Exception {
        String good = TokenClaims.good().json();

        assertThat(guard.decide(KEY.token(HEADER.formatted(more), good))).isEqualTo(MALFORMED);
        assertThat(guard.decide(KEY.token(HEADER.formatted(",\"x\":\"y\""), good)))
                .isEqualTo(Guard.ALLOWED);
    }

    /** Proves specification 8.7. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "1e999",
                "1e300",
                "-1e300",
                "9223372036854775807",
                "18446744073709551616",
                "253402300800",
                "\"2026-01-01T00:00:00Z\"",
                "\"1\"",
                "[1]",
                "true"
            })
    void aTokenTimeThatIsNoNumberOrBeyondTheYear9999IsRefused(String time) throws Exception {
        for (String name : new String[] {"nbf", "iat", "exp"}) {
            String claims = TokenClaims.good().with(name, time).json();
            assertThat(guard.decide(KEY.token(claims))).as(name).isEqualTo(MALFORMED);
        }
    }

    /** Proves specification 8.7. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1.5", "-1", "1.7E9", "1772442848.25"})
    void aTokenTimeInAnyFormOfANumberIsAccepted(String time) throws Exception {
        String claims = TokenClaims.good().with("nbf", time).with("iat", time).json();

        assertThat(guard.decide(KEY.token(claims))).isEqualTo(Guard.ALLOWED);
    }

    /** Proves specification 8.3. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'issuer':'a','jwks_uri':'http://a/b'}",
                "{\"issuer\":\"a\",\"jwks_uri\":\"http://a/b\"}}",
                "{\"issuer\":\"a\",\"jwks_uri\":\"http://a/b\"}\0",
                "{\"issuer\":\"a\",\"jwks_uri\":\"http://a/b\",\"issuer\":\"b\"}",
                "{issuer:\"a\",\"jwks_uri\":\"http://a/b\"}",
                "{\"issuer\":\"a\",\"jwks_uri\":\"http://a/b\",}"
            })
    void anIssuerDocumentThatIsNotStrictJsonIsRefused(String document) {
        assertThatThrownBy(() -> IssuerDocument.parse(document))
                .isInstanceOf(IOException.class)
                .hasMessage("it is not a JSON object");
    }

    /** Proves specification 8.3. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{'keys':[]}", "{\"keys\":[]}x", "{\"keys\":[],}", "{\"keys\":[],\"keys\":[]}", "{\"keys\":[,]}"
            })
    void aKeySetThatIsNotStrictJsonIsRefused(String document) {
        assertThatThrownBy(() -> KeySet.parse(document))
                .isInstanceOf(IOException.class)
                .hasMessage("it is not a JSON object");
    }
}
