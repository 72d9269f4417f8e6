package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the environment of a process. Proves specification 4.1 to 4.3, 4.5, 9.2. */
class ForkEnvironmentTest {
    /** Returns the variables in the body of a response, one on each line. */
    private static List<String> variables(String response) {
        return response.substring(response.indexOf("\r\n\r\n") + 4).lines().toList();
    }

    /** Proves specification 4.1, 4.2, 4.5. */
    @ParameterizedTest
    @EnumSource
    void theProcessGetsMethodPathQueryAndHeaderFieldsAsVariables(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("env");
                RawClient client = watchdog.connect()) {
            client.send("PUT /a%20b//..%2Fc?x=%20&y HTTP/1.1\r\nHost: h:1\r\nx-call-ID: 7\r\nX-Call-Id: 8\r\n"
                    + "Transfer-Encoding: chunked\r\nX_Under: u\r\n\r\n0\r\n\r\n");

            assertThat(variables(client.readWhole()))
                    .contains(
                            "Http_Method=PUT",
                            "Http_Path=/a b//../c",
                            "Http_Query=x=%20&y",
                            "Http_Transfer_Encoding=chunked",
                            "Http_Host=h:1",
                            "Http_X_Call_Id=7",
                            "PATH=" + System.getenv("PATH"))
                    .noneMatch(line -> line.startsWith("Http_X_Call_Id=8"))
                    .anyMatch(line -> line.matches("Watchdog_Call=.+"));
        }
    }

    /** Proves specification 3.8, 4.2. */
    @ParameterizedTest
    @EnumSource
    void queryWithAStrayPercentSignIsInHttpQueryAsItCame(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("env");
                RawClient client = watchdog.connect()) {
            for (String query : new String[] {"q=100%", "q=%zz", "x=%u00e9", "?%2"}) {
                client.send("GET /a?" + query + " HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(variables(client.readWhole())).contains("Http_Path=/a", "Http_Query=" + query);
            }
            client.send("GET /a? HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(variables(client.readWhole()))
                    .contains("Http_Path=/a")
                    .noneMatch(line -> line.startsWith("Http_Query"));
        }
    }

    /** Proves specification 4.2. */
    @Test
    void variablesOfAnAbsentQueryAndTransferEncodingAreNotSet() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.starting("env");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(variables(client.readWhole()))
                    .noneMatch(line -> line.startsWith("Http_Query"))
                    .noneMatch(line -> line.startsWith("Http_Transfer_Encoding"));
        }
    }

    /** Proves specification 4.3. */
    @Test
    void headerFieldsCannotOverwriteTheRequestVariablesOrSetHttpProxy() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.starting("env");
                RawClient client = watchdog.connect()) {
            client.send("GET /p HTTP/1.1\r\nHost: h\r\nMethod: evil\r\nPath: evil\r\nQuery: evil\r\nPROXY: evil\r\n"
                    + "Transfer_Encoding: evil\r\n\r\n");
            assertThat(variables(client.readWhole()))
                    .contains("Http_Method=GET", "Http_Path=/p")
                    .noneMatch(line -> line.matches("Http_(Method|Path|Query|Transfer_Encoding|Proxy)=evil"));
        }
    }

    /** Proves specification 9.2. */
    @Test
    void anUpgradeToH2cIsNotPassedToTheProcessAndOtherUpgradesAre() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.starting("env");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
            assertThat(variables(client.readWhole())).noneMatch(line -> line.startsWith("Http_Upgrade"));
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(variables(client.readWhole())).contains("Http_Upgrade=websocket");
        }
    }

    /** Proves specification 4.1, 4.2. */
    @ParameterizedTest
    @ValueSource(strings = {"streaming", "serializing"})
    void noRequestVariablesAreSetWhenCgiHeadersIsFalse(String mode) throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                        builder -> builder.environment(Map.of("PATH", System.getenv("PATH"), "OWN", "1")),
                        "mode",
                        mode,
                        "fprocess",
                        "env",
                        "cgi_headers",
                        "false");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(variables(client.readWhole()))
                    .contains("OWN=1")
                    .noneMatch(line -> line.startsWith("Http_"))
                    .hasSize(3);
        }
    }

    /** Proves specification 4.3. */
    @ParameterizedTest
    @EnumSource
    void aNulInThePathIs400(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("env");
                RawClient client = watchdog.connect()) {
            assertThat(client.send("GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                    .startsWith("HTTP/1.1 400 ");
            assertThat(client.send("GET /ab HTTP/1.1\r\nHost: h\r\n\r\n").readWhole())
                    .startsWith("HTTP/1.1 200 ");
            assertThat(watchdog.metric("watchdog_forks_failed_total")).isZero();
        }
    }

    /** Proves specification 4.3. */
    @ParameterizedTest
    @EnumSource
    void anEnvironmentThatIsTooLongForTheSystemIs431(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("env", "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + "x".repeat(200_000) + "\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 431 ");
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
        }
    }
}
