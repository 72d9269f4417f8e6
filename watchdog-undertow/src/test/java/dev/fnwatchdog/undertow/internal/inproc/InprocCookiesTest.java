package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.handlers.CookieImpl;
import jakarta.servlet.http.Cookie;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests cookies in servlets and Undertow handlers. Proves specification 5.13. */
class InprocCookiesTest {
    private static final String CASES = """
            s=YWJjZA==                   | s:YWJjZA==
            e=a=b                        | e:a=b
            j={"x":"y"}                  | j:{"x":"y"}
            a=1; b=2;c=3                 | a:1 b:2 c:3
            q="quoted"; b="              | q:"quoted" b:"
            d=(a@b)[c]?<d>/e:f\\g,h      | d:(a@b)[c]?<d>/e:f\\g,h
            w=with blank                 | w:with blank
            z=; n; =v; ;y=1              | z: y:1
            p=specific; p=general        | p:specific
            """;

    private static String pairs(Stream<String> pairs) {
        return pairs.collect(Collectors.joining(" "));
    }

    private static String request(String cookie) {
        return "GET / HTTP/1.1\r\nHost: h\r\nCookie: " + cookie + "\r\n\r\n";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = CASES)
    void aServletGetsTheValuesOfCookiesAsTheyCame(String cookie, String expected) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> response.getWriter()
                .write(pairs(Stream.of(request.getCookies()).map(c -> c.getName() + ":" + c.getValue()))
                        + request.getHeader("Cookie")))) {
            assertThat(watchdog.responseTo(request(cookie))).endsWith("\r\n\r\n" + expected + cookie);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = CASES)
    void anUndertowHandlerGetsTheValuesOfCookiesAsTheyCame(String cookie, String expected) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> exchange.getResponseSender()
                .send(pairs(StreamSupport.stream(exchange.requestCookies().spliterator(), false)
                        .map(c -> c.getName() + ":" + c.getValue()))))) {
            assertThat(watchdog.responseTo(request(cookie))).endsWith("\r\n\r\n" + expected);
        }
    }

    @Test
    void cookiesOfSeveralFieldsAreFoundAndWithoutAFieldThereAreNone() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> response.getWriter()
                .write("" + (request.getCookies() == null ? "none" : request.getCookies().length)))) {
            assertThat(watchdog.responseTo("GET / HTTP/1.1\r\nHost: h\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n"))
                    .endsWith("\r\n\r\n2");
            assertThat(watchdog.responseTo("GET / HTTP/1.1\r\nHost: h\r\n\r\n")).endsWith("\r\n\r\nnone");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"=x", "n", ";", " ; =", ""})
    void aServletGetsNullWhereAFieldHasNoCookie(String field) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) ->
                response.getWriter().write((request.getCookies() == null) + "<" + request.getHeader("Cookie") + ">"))) {
            assertThat(watchdog.responseTo(request(field))).endsWith("\r\n\r\ntrue<" + field.trim() + ">");
        }
    }

    private static String setCookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie").orElseThrow();
    }

    @Test
    void aServletSetsSameSiteAndOtherAttributesOfACookie() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            Cookie cookie = new Cookie("s", "YWJjZA==");
            cookie.setPath("/p");
            cookie.setDomain("example.com");
            cookie.setHttpOnly(true);
            cookie.setSecure(true);
            cookie.setAttribute("SameSite", "Lax");
            cookie.setAttribute("Priority", "High");
            cookie.setAttribute("Partitioned", "");
            response.addCookie(cookie);
        })) {
            assertThat(setCookie(watchdog.get("/")))
                    .isEqualTo("s=YWJjZA==; Path=/p; Domain=example.com; Secure; HttpOnly; SameSite=Lax"
                            + "; Partitioned; Priority=High");
        }
    }

    @Test
    void theLifetimeOfACookieIsSentInBothFields() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {
            exchange.setResponseCookie(new CookieImpl("a", "1").setMaxAge(0));
            exchange.setResponseCookie(new CookieImpl("b", "2").setExpires(Date.from(Instant.ofEpochSecond(1))));
            exchange.setResponseCookie(new CookieImpl("c", "{\"x\": 1}").setMaxAge(60));
            exchange.setResponseCookie(new CookieImpl("d").setSameSiteMode("none"));
        })) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.headers().allValues("Set-Cookie"))
                    .hasSize(4)
                    .contains(
                            "a=1; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                            "b=2; Expires=Thu, 01 Jan 1970 00:00:01 GMT",
                            "d=; SameSite=None")
                    .anyMatch(field -> field.matches("c=\\{\"x\": 1}; Max-Age=60; Expires=\\w{3}, .* GMT"));
        }
    }

    @Test
    void theCookieOfASessionHasTheAttributesThatAServletConfigures() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> request.getSession())) {
            assertThat(setCookie(watchdog.get("/"))).matches("JSESSIONID=[^;]+; Path=/");
        }
    }

    @ParameterizedTest
    @CsvSource({"'a;b'", "'a\tb\u0001'", "'\u20ac'"})
    void aCookieThatNoFieldCanCarryIs500WithItsReasonInTheLog(String value) throws Exception {
        try (RunningWatchdog watchdog =
                ScriptedHandler.servlet((request, response) -> response.addCookie(new Cookie("c", value)))) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.headers().firstValue("X-OpenFaaS-Internal")).contains("of-watchdog");
            watchdog.log().awaitLine("the cookie c contains a character that is not allowed in Set-Cookie");
        }
    }
}
