package dev.fnwatchdog.core.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgiEnvironmentTest {
    /** Proves specification 4.2. */
    @Test
    void methodPathQueryAndTransferEncodingBecomeHttpVariables() throws Exception {
        assertThat(new CgiEnvironment("POST", "/a/b", "q=%20&r", "chunked").variables())
                .isEqualTo(Map.of(
                        "Http_Method", "POST",
                        "Http_Path", "/a/b",
                        "Http_Query", "q=%20&r",
                        "Http_Transfer_Encoding", "chunked"));
    }

    /** Proves specification 4.2. */
    @Test
    void aRequestWithoutQueryAndTransferEncodingHasNeitherVariable() throws Exception {
        assertThat(request().variables()).containsOnlyKeys("Http_Method", "Http_Path");
    }

    /** Proves specification 4.2. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "/, /",
        "/a%20b, /a b",
        "/a+b, /a+b",
        "/%2F%2f, ///",
        "/%C3%A9, /\u00c3\u00a9",
        "/%FF, /\u00ff",
        "/a%3Db%25, /a=b%",
        "*, *",
        "//a/../b;c, //a/../b;c",
    })
    void theVariableHttpPathHasTheDecodedBytesOfThePath(String path, String decoded) throws Exception {
        assertThat(new CgiEnvironment("GET", path, "", "").variables()).containsEntry("Http_Path", decoded);
    }

    /** Proves specification 4.3. */
    @ParameterizedTest
    @ValueSource(strings = {"/%00", "/a%00b", "/a\0", "/%", "/%2", "/%zz", "/%-1", "/%\uff11\uff11"})
    void aPathWithANulOrAMalformedEscapeIsRefused(String path) {
        assertThatExceptionOfType(UnusableRequestException.class)
                .isThrownBy(() -> new CgiEnvironment("GET", path, "", ""));
    }

    /** Proves specification 4.2. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "X-Call-Id, Http_X_Call_Id",
        "x-call-id, Http_X_Call_Id",
        "X-CALL-ID, Http_X_Call_Id",
        "host, Http_Host",
        "Content-Length, Http_Content_Length",
        "X--A-, Http_X__A_",
        "x-1a, Http_X_1a",
        "X_A, Http_X_a",
        "a.b~c, Http_A.b~c",
    })
    void aHeaderFieldBecomesAVariableNamedAfterItsCanonicalForm(String header, String variable) throws Exception {
        assertThat(request().header(header, "value").variables()).hasSize(3).containsEntry(variable, "value");
    }

    @Test
    void theValueOfAHeaderFieldIsKeptUnchangedInItsVariable() throws Exception {
        assertThat(request()
                        .header("X-A", "a=b; \"c\" \u00e9\n")
                        .header("X-B", "")
                        .variables())
                .containsEntry("Http_X_A", "a=b; \"c\" \u00e9\n")
                .containsEntry("Http_X_B", "");
    }

    /** Proves specification 4.3. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Method",
                "method",
                "PATH",
                "Path",
                "Query",
                "query",
                "Transfer-Encoding",
                "transfer-encoding",
                "Proxy",
                "proxy",
                "PROXY"
            })
    void aHeaderFieldCannotForgeTheFourRequestVariablesNorSetHttpProxy(String header) throws Exception {
        assertThat(request().header(header, "forged").variables())
                .isEqualTo(Map.of("Http_Method", "GET", "Http_Path", "/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A=B", "=", "A B", "A\0", "A\nB", "A:B", "\u00e9", "A\r"})
    void aHeaderFieldWithAMalformedNameMakesNoVariable(String header) throws Exception {
        assertThat(request().header(header, "value").variables()).hasSize(2);
    }

    /** Proves specification 4.3. */
    @ParameterizedTest
    @CsvSource({"PATH", "LD_PRELOAD", "Watchdog_Call", "HTTP_PROXY", "Http_Method"})
    void everyVariableOfAHeaderFieldBeginsWithHttp(String header) throws Exception {
        assertThat(request().header(header, "forged").variables())
                .containsEntry("Http_Method", "GET")
                .allSatisfy((name, value) -> assertThat(name).startsWith("Http_"));
    }

    /** Proves specification 4.2. */
    @Test
    void theFirstOfSeveralHeaderFieldsWithOneNameBecomesTheVariable() throws Exception {
        assertThat(request().header("X-A", "1").header("x-a", "2").variables()).containsEntry("Http_X_A", "1");
    }

    /** Proves specification 4.3. */
    @Test
    void ofTwoNamesThatMakeOneVariableTheOneWithoutUnderscoreWins() throws Exception {
        assertThat(request().header("X_1", "forged").header("X-1", "real").variables())
                .containsEntry("Http_X_1", "real");
        assertThat(request().header("X-1", "real").header("X_1", "forged").variables())
                .containsEntry("Http_X_1", "real");
        assertThat(request().header("A-_1", "first").header("A_-1", "second").variables())
                .containsEntry("Http_A__1", "first");
    }

    @Test
    void aHeaderFieldOrQueryWithANulIsRefused() {
        assertThatExceptionOfType(UnusableRequestException.class)
                .isThrownBy(() -> request().header("X-A", "a\0Http_Method=PUT"))
                .withMessage("a NUL in X-A");
        assertThatExceptionOfType(UnusableRequestException.class)
                .isThrownBy(() -> new CgiEnvironment("GET", "/", "a\0", ""));
    }

    private static CgiEnvironment request() throws UnusableRequestException {
        return new CgiEnvironment("GET", "/", "", "");
    }
}
