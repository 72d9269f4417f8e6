package dev.fnwatchdog.undertow.internal.devpage;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replaceableMode;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.streaming;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page at {@code /_/dev}. Proves specification 13.1 to 13.3. */
class DevelopmentPageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

    private static RunningWatchdog developed(String... settings) throws Exception {
        return DevelopedFunction.start(streaming("echo function", settings));
    }

    private static void assertThatItIsTheFunctions(String response) {
        assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Type: application/octet-stream\r\n");
    }

    private static String pageOf(RunningWatchdog watchdog) throws Exception {
        HttpResponse<String> page = watchdog.get("/_/dev");
        assertThat(page.statusCode()).isEqualTo(200);
        return page.body();
    }

    /** Proves specification 13.1. */
    @Test
    void thePageIsServedToAClientOnThisMachineAndNotToBeStored() throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            HttpResponse<String> page = watchdog.get("/_/dev");

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(page.headers().firstValue("X-OpenFaaS-Internal")).contains("of-watchdog");
            assertThat(page.body()).contains("<h1>Function under development</h1>");
        }
    }

    /** Proves specification 13.1. */
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080"})
    void thePageIsServedUnderEachNameOfThisMachine(String host) throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            String page = watchdog.responseTo("GET /_/dev HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(host));

            assertThat(page).contains("Function under development");
        }
    }

    /** A page whose own name leads to this machine could read the response. Proves specification 13.1. */
    @ParameterizedTest
    @ValueSource(strings = {"attacker.example", "localhost.attacker.example", "127.0.0.1.nip.io", "128.0.0.1", "[::2]"})
    void thePathIsTheFunctionsUnderAnyOtherName(String host) throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            assertThatItIsTheFunctions(watchdog.responseTo("GET /_/dev HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(host)));
        }
    }

    /** Proves specification 13.1. */
    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "Via: 1.1 proxy"})
    void thePathIsTheFunctionsWhereAProxyOnThisMachineForwardsTheRequest(String field) throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            assertThatItIsTheFunctions(
                    watchdog.responseTo("GET /_/dev HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n".formatted(field)));
        }
    }

    /** Proves specification 13.1. */
    @Test
    void thePathIsTheFunctionsForAClientFromElsewhere() throws Exception {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(found -> !found.isLoopbackAddress() && !found.isLinkLocalAddress())
                .findFirst();
        assumeTrue(address.isPresent(), "this machine has loopback addresses alone");
        try (RunningWatchdog watchdog = developed();
                RawClient client = RawClient.to(address.orElseThrow(), watchdog.port())) {
            assertThatItIsTheFunctions(client.send("GET /_/dev HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .readResponse());
        }
    }

    /** Proves specification 13.1. */
    @ParameterizedTest
    @ValueSource(strings = {"/_/dev/", "/_/dev/x", "/_/development", "/_/dev/changes/x"})
    void aPathThatOnlyBeginsLikeThePageIsTheFunctions(String path) throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            assertThat(watchdog.get(path).body()).isEqualTo("function\n");
        }
    }

    /** Proves specification 13.1. */
    @Test
    void thePathsAreTheFunctionsWhereNobodyDevelopsIt() throws Exception {
        Map<String, String> settings = streaming("echo function");
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                builder -> WatchdogInternals.replaceable(
                                builder, ReplaceableMode.FirstVersion.BUILT, DevelopmentPages.Access.NONE)
                        .environment(settings),
                "mode",
                "streaming",
                "fprocess",
                "echo function")) {
            assertThat(watchdog.get("/_/dev").body()).isEqualTo("function\n");
            assertThat(watchdog.get("/_/dev/changes").body()).isEqualTo("function\n");

            replaceableMode(watchdog).fail("not built");
            HttpResponse<String> failure = watchdog.send(
                    watchdog.request("/").header("Accept", "text/html").build());
            assertThat(failure.body()).contains("not built").doesNotContain("<script");
        }
    }

    /** Proves specification 13.1. */
    @Test
    void headHasNoBodyAndOtherMethodsAreRefused() throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            HttpResponse<String> head = watchdog.send(watchdog.request("/_/dev")
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();

            for (String path : new String[] {"/_/dev", "/_/dev/changes"}) {
                HttpResponse<String> post = watchdog.send(watchdog.request(path)
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build());
                assertThat(post.statusCode()).isEqualTo(405);
                assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
            }
        }
    }

    /** Proves specification 13.5. */
    @ParameterizedTest
    @ValueSource(strings = {"/_/dev", "/"})
    void aPagePermitsNothingButItsOwnScriptAndStyleAndIsNeitherFramedNorStored(String path) throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            replaceableMode(watchdog).fail("not built");

            HttpResponse<String> page = watchdog.send(
                    watchdog.request(path).header("Accept", "text/html").build());

            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .matches(
                            "default-src 'none'; connect-src 'self'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';"
                                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.headers().firstValue("Cross-Origin-Resource-Policy"))
                    .contains("same-origin");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(page.body()).doesNotContain("src=").doesNotContain("href=");
        }
    }

    /** A form would be sent again. Proves specification 13.4. */
    @Test
    void thePageOfAFailureReloadsItselfOnlyForAGetFromThisMachine() throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            replaceableMode(watchdog).fail("not built");
            HttpRequest.Builder request = watchdog.request("/").header("Accept", "text/html");

            assertThat(watchdog.send(request.build()).body()).contains("<script");
            assertThat(watchdog.send(request.copy()
                                    .POST(HttpRequest.BodyPublishers.noBody())
                                    .build())
                            .body())
                    .contains("not built")
                    .doesNotContain("<script");
            assertThat(watchdog.send(request.copy()
                                    .header("X-Forwarded-For", "192.0.2.1")
                                    .build())
                            .body())
                    .contains("not built")
                    .doesNotContain("<script");
        }
    }

    /** Proves specification 13.2. */
    @Test
    void eachRequestIsShownWithItsMethodPathStatusAndTraceId() throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            watchdog.send(watchdog.request("/first?token=hidden")
                    .header("traceparent", "00-" + TRACE_ID + "-b7ad6b7169203331-01")
                    .POST(HttpRequest.BodyPublishers.ofString("x"))
                    .build());
            watchdog.get("/_/health");
            replaceableMode(watchdog).fail("not built");
            watchdog.get("/second");

            Polling.until(PATIENCE, () -> pageOf(watchdog).contains("/second"));
            String page = pageOf(watchdog);
            assertThat(page)
                    .containsPattern(
                            "<tr><td>\\d\\d:\\d\\d:\\d\\d\\.\\d{3}</td><td>POST</td><td>/first</td><td>200</td>"
                                    + "<td>\\d+\\.\\d ms</td><td>" + TRACE_ID + "</td></tr>")
                    .containsPattern("<td>GET</td><td>/second</td><td>500</td><td>[^<]*</td><td></td></tr>")
                    .doesNotContain("hidden")
                    .doesNotContain("/_/health")
                    .doesNotContain("<td>/_/dev");
            assertThat(page.indexOf("/second")).isLessThan(page.indexOf("/first"));
        }
    }

    /** Proves specification 13.2. */
    @Test
    void theVersionAndTheResultOfTheLastBuildAreShown() throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            assertThat(pageOf(watchdog)).contains("<p>Version 1</p>").contains("<p>Last build: Built and served, ");

            replaceableMode(watchdog).fail("</pre><script>alert(1)</script> & more");
            assertThat(pageOf(watchdog))
                    .contains("<p>Version 1</p>")
                    .contains("<p>Last build: Failed, ")
                    .contains("<pre>&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</pre>");

            DevelopedFunction.replace(watchdog, streaming("echo next"));
            assertThat(pageOf(watchdog))
                    .contains("<p>Version 2</p>")
                    .contains("<p>Last build: Built and served, ")
                    .doesNotContain("alert");
        }
    }

    /** Proves specification 13.2. */
    @Test
    void thereIsNoVersionBeforeOneHasServed() throws Exception {
        try (RunningWatchdog watchdog =
                DevelopedFunction.start(ReplaceableMode.FirstVersion.UNBUILT, streaming("echo stale"))) {
            assertThat(pageOf(watchdog))
                    .contains("<p>No version has served yet.</p>")
                    .contains("<pre>The function has not been built.</pre>");
        }
    }

    /** Proves specification 13.3. */
    @Test
    void theSettingsAreShownWithTheirOriginAndWithoutSecrets() throws Exception {
        try (RunningWatchdog watchdog = developed(
                "max_inflight", "7", "servlet_init", "db.password=geheim\ncolour=<b>", "exec_timeout", "9s")) {
            replaceableMode(watchdog).pages().originate(Map.of("max_inflight", "pom: <settings><max_inflight>"));

            assertThat(pageOf(watchdog))
                    .contains(
                            "<tr><td>max_inflight</td><td>7</td><td>pom: &lt;settings&gt;&lt;max_inflight&gt;</td></tr>")
                    .contains("<tr><td>exec_timeout</td><td>9s</td><td>environment</td></tr>")
                    .contains("<tr><td>port</td><td>8080</td><td>default</td></tr>")
                    .contains("db.password=***\ncolour=&lt;b&gt;")
                    .doesNotContain("geheim");
        }
    }

    /** Proves specification 13.3. */
    @Test
    void theSettingsOfTheNextVersionAreShownWhenItServes() throws Exception {
        try (RunningWatchdog watchdog = developed()) {
            DevelopedFunction.replace(watchdog, streaming("echo next"));

            assertThat(pageOf(watchdog)).contains("<tr><td>fprocess</td><td>echo next</td><td>environment</td></tr>");
        }
    }
}
