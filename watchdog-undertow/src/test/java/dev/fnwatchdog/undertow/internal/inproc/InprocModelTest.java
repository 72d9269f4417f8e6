package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a handler of the OpenFaaS model as the function. Proves specification 5.9, 5.10, 7.20. */
class InprocModelTest {
    private static IResponse response(String body) {
        Response response = new Response();
        response.setBody(body);
        return response;
    }

    /** Proves specification 5.9. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE"})
    void aModelFunctionGetsTheBodyOfEveryMethodAsText(String method) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> response("<" + request.getBody() + ">"))) {
            HttpResponse<String> response = watchdog.send(watchdog.request("/")
                    .method(method, HttpRequest.BodyPublishers.ofString("über"))
                    .build());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("<über>");
            assertThat(response.headers().firstValue("Content-Length")).contains("7");
            assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        }
    }

    @Test
    void aModelFunctionGetsAnEmptyTextWhenThereIsNoBody() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> response("<" + request.getBody() + ">"))) {
            assertThat(watchdog.get("/").body()).isEqualTo("<>");
        }
    }

    /** Proves specification 5.9. */
    @Test
    void aModelFunctionGetsPathQueryAndHeaderFieldsAsFromTheEntrypoint() throws Exception {
        CompletableFuture<IRequest> seen = new CompletableFuture<>();
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
            seen.complete(request);
            return response("");
        })) {
            watchdog.send(watchdog.request("/a%20b/1/%C3%BC/2?x=1&x=2&y=%20z")
                    .header("X-CALL-ID", "first")
                    .header("X-Call-Id", "second")
                    .header("content-type", "text/x")
                    .POST(HttpRequest.BodyPublishers.ofString("b"))
                    .build());

            IRequest request = seen.join();
            assertThat(request.getPathRaw()).isEqualTo("/a b/1/ü/2");
            assertThat(request.getPath()).isEqualTo(Map.of("a b", "1", "ü", "2"));
            assertThat(request.getQueryRaw()).isEqualTo("x=1&x=2&y=%20z");
            assertThat(request.getQuery()).isEqualTo(Map.of("x", "2", "y", " z"));
            assertThat(request.getHeaders()).containsKeys("Content-type", "X-call-id", "Host");
            assertThat(request.getHeaders().get("X-call-id")).isEqualTo("first");
            assertThat(request.getHeader("X-Call-Id")).isEqualTo("first");
            assertThat(request.getHeader("x-call-id")).isEqualTo("first");
            assertThat(request.getHeader("CONTENT-TYPE")).isEqualTo("text/x");
            assertThat(request.getHeader("X-Other")).isNull();
        }
    }

    /** Proves specification 3.8. */
    @Test
    void aModelFunctionGetsParametersWithAStrayPercentSign() throws Exception {
        CompletableFuture<IRequest> seen = new CompletableFuture<>();
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
            seen.complete(request);
            return response("");
        })) {
            watchdog.responseTo("GET /a?x=100%&y=%zz%20 HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(seen.join().getQuery()).isEqualTo(Map.of("x", "100%", "y", "%zz "));
        }
    }

    @Test
    void aModelFunctionGetsNoQueryWhenThereIsNone() throws Exception {
        CompletableFuture<IRequest> seen = new CompletableFuture<>();
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
            seen.complete(request);
            return response("");
        })) {
            watchdog.get("/");

            assertThat(seen.join().getQueryRaw()).isNull();
            assertThat(seen.join().getQuery()).isEmpty();
        }
    }

    @Test
    void theResponseOfAModelFunctionHasItsStatusHeaderFieldsAndType() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
            Response response = new Response();
            response.setStatusCode(418);
            response.setContentType("text/tea");
            response.setHeader("X-Own", "1");
            response.setHeader("Content-Length", "999");
            response.setBody("short");
            return response;
        })) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(418);
            assertThat(response.body()).isEqualTo("short");
            assertThat(response.headers().firstValue("Content-Type")).contains("text/tea");
            assertThat(response.headers().firstValue("X-Own")).contains("1");
            assertThat(response.headers().allValues("Content-Length")).containsExactly("5");
        }
    }

    @ParameterizedTest
    @CsvSource({"204, ''", "304, ''", "205, 0"})
    void aModelResponseWhoseStatusAllowsNoBodyHasNone(int status, String length) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
                    Response response = new Response();
                    response.setStatusCode(status);
                    response.setBody("ignored");
                    return response;
                });
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                String head = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readHead();
                assertThat(head).startsWith("HTTP/1.1 " + status);
                assertThat(head.contains("Content-Length: " + length)).isEqualTo(!length.isEmpty());
            }
        }
    }

    /** Proves specification 5.10. */
    @ParameterizedTest
    @CsvSource({
        "response, the handler returned no response",
        "body, the handler returned a response without a body",
        "status, the handler returned a response with status 42",
        "header, the handler returned an invalid header field"
    })
    void anInvalidResponseOfAModelFunctionIs500WithTheReason(String what, String reason) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> switch (what) {
            case "response" -> none();
            case "body" -> response(none());
            case "status" -> {
                Response response = new Response();
                response.setStatusCode(42);
                yield response;
            }
            default -> {
                Response response = new Response();
                response.setHeader("X-Own", "a\r\nX-Other: b");
                yield response;
            }
        })) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).isEqualTo(reason + "\n");
            assertThat(response.headers().firstValue("X-OpenFaaS-Internal")).contains("of-watchdog");
            watchdog.log().awaitLine(reason);
        }
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // returns null, which a function must not do
    private static <T> T none() {
        return null;
    }

    @Test
    void aModelFunctionEchoesABodyOfMegabytes() throws Exception {
        String body = "ü".repeat(1_500_000);
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> response(request.getBody()))) {
            HttpResponse<String> response = watchdog.send(watchdog.request("/")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build());

            assertThat(response.body()).isEqualTo(body);
        }
    }

    /** Proves specification 5.9, 7.20. */
    @Test
    void aRequestBodyForAModelFunctionThatDoesNotFitIntoMemoryIs413() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> response(""));
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void nothingIsLeftAfterAThousandRequestsToAModelFunction() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> response(request.getBody()));
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 1000; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
                assertThat(client.readResponse()).endsWith("\r\n\r\nab");
            }
            watchdog.awaitIdle();
        }
    }

    /** Proves specification 5.12. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}          | text/plain; charset=utf-8",
                "<html><p>   | text/html; charset=utf-8",
                "%PDF-1.7    | application/pdf",
            })
    void aResponseWithoutContentTypeGetsTheOneOfItsFirstBytes(String body, String type) throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> response(body))) {
            assertThat(watchdog.get("/").headers().firstValue("Content-Type")).contains(type);
        }
    }

    /** Proves specification 5.12. */
    @Test
    void noContentTypeIsSetForAnEncodedResponseForHeadAndForAnEmptyBody() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
            Response response = new Response();
            response.setBody(request.getBody().isEmpty() ? "" : "text");
            response.setHeader("Content-Encoding", "x");
            return response;
        })) {
            assertThat(watchdog.responseTo("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na"))
                    .endsWith("\r\n\r\ntext")
                    .doesNotContain("Content-Type");
            assertThat(watchdog.responseTo("GET / HTTP/1.1\r\nHost: h\r\n\r\n")).doesNotContain("Content-Type");
        }
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> response("text"));
                RawClient client = watchdog.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).contains("Content-Length: 4").doesNotContain("Content-Type");
        }
    }

    /** Proves specification 5.9. */
    @Test
    void bytesThatAreNoTextPassBothWaysAsBase64() throws Exception {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
            Response response = new Response();
            response.setHeader("x-body-base64", request.getHeader("X-Body-Base64"));
            return response;
        })) {
            HttpResponse<byte[]> response = watchdog.sendForBytes(watchdog.request("/")
                    .header("X-Body-Base64", "bm8=")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
                    .build());

            assertThat(response.body()).isEqualTo(bytes);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/octet-stream");
            assertThat(response.headers().firstValue("X-Body-Base64")).isEmpty();
        }
    }

    /** Proves specification 5.9. */
    @ParameterizedTest
    @ValueSource(strings = {"", "text", "\u00fc", "\ufffd"})
    void aBodyThatIsTextIsNotPassedAsBase64WhateverTheClientSends(String body) throws Exception {
        try (RunningWatchdog watchdog =
                ScriptedHandler.model(request -> response(request.getBody() + request.getHeader("X-Body-Base64")))) {
            HttpResponse<String> response = watchdog.send(watchdog.request("/")
                    .header("X-Body-Base64", "bm8=")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build());

            assertThat(response.body()).isEqualTo(body + "null");
        }
    }

    /** Proves specification 5.10. */
    @Test
    void aBodyThatIsNoBase64Is500WithItsReason() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.model(request -> {
            Response response = new Response();
            response.setHeader("X-Body-Base64", "?");
            return response;
        })) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).startsWith("the handler returned an X-Body-Base64 that is not base64");
        }
    }
}
