package dev.fnwatchdog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fnwatchdog.undertow.Watchdog;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@WatchdogTest(handler = Greeter.class)
class WatchdogTestTest {
    private static int port;

    private final URI base;

    /** Proves specification 12.2. */
    WatchdogTestTest(URI base) {
        this.base = base;
    }

    @BeforeAll
    static void aLifecycleMethodGetsParametersToo(@WatchdogPort int port) {
        WatchdogTestTest.port = port;
    }

    /** Proves specification 12.2. */
    @Test
    void aTestReachesItsFunctionByEachOfTheParameters(
            FunctionClient function, HttpClient http, Watchdog watchdog, @WatchdogPort int own) throws Exception {
        assertThat(own).isEqualTo(port).isEqualTo(watchdog.port());
        assertThat(base).isEqualTo(URI.create("http://localhost:" + port + "/"));
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/by/jdk")).build();
        assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo("GET /by/jdk");
        assertThat(function.http()).isSameAs(http);
    }

    /** Proves specification 12.2. */
    @Test
    void theClientSendsRequestsOfEveryKindWithTheirTargetsAsTheyAre(FunctionClient function) throws Exception {
        assertThat(function.get("/a//b?c=d").body()).isEqualTo("GET /a//b");
        assertThat(function.post("/", "Ærø").body()).isEqualTo("POST / Ærø");
        HttpResponse<String> response = function.send(function.request("/x").DELETE());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("DELETE /x");
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> function.get("x"))
                .withMessage("the target \"x\" does not begin with a slash");
    }

    /** Proves specification 12.2. */
    @ParameterizedTest
    @CsvSource({"1, /a", "2, /b"})
    void argumentsOfAParameterizedTestStayItsOwn(int number, String target, FunctionClient function) throws Exception {
        assertThat(number).isLessThan(3);
        assertThat(function.get(target).body()).isEqualTo("GET " + target);
    }

    @Nested
    class InsideTheClass {
        /** Proves specification 12.1. */
        @Test
        void aNestedClassSharesTheWatchdog(@WatchdogPort int own) {
            assertThat(own).isEqualTo(port);
        }
    }

    @Nested
    @WatchdogTest({"fprocess=sh -c 'printf %s \"$GREETING\"'", "GREETING=hi"})
    class WithItsOwnAnnotation {
        /** Proves specification 12.1, 12.3. */
        @Test
        void aNestedClassWithItsOwnAnnotationHasAnotherWatchdogAndMode(FunctionClient function, @WatchdogPort int own)
                throws Exception {
            assertThat(own).isNotEqualTo(port);
            assertThat(function.get("/").body()).isEqualTo("hi");
        }
    }
}
