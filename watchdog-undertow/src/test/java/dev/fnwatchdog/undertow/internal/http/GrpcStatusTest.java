package dev.fnwatchdog.undertow.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of gRPC. Proves specification 7.4. */
class GrpcStatusTest {
    /** Proves specification 7.4. */
    @ParameterizedTest
    @CsvSource({
        "400, 13, 13",
        "401, 16, 16",
        "403, 7, 7",
        "404, 12, 12",
        "405, 2, 2",
        "408, 4, 4",
        "412, 2, 2",
        "413, 8, 8",
        "416, 2, 2",
        "429, 8, 8",
        "431, 13, 13",
        "500, 14, 13",
        "503, 14, 13",
        "504, 4, 4",
        "505, 2, 2"
    })
    void eachHttpStatusHasAGrpcStatusBeforeAndAfterTheFirstByte(int http, String before, String after) {
        assertThat(fieldOf(GrpcStatus.ofHttp(http))).isEqualTo(before);
        assertThat(fieldOf(GrpcStatus.ofHttp(http).afterFirstByte())).isEqualTo(after);
    }

    private static String fieldOf(GrpcStatus status) {
        HeaderMap fields = new HeaderMap();
        status.putInto(fields, "");
        return fields.getFirst("grpc-status");
    }

    /** Proves specification 7.4. */
    @ParameterizedTest
    @CsvSource({
        "plain text, plain text",
        "' ~!\"#$&', ' ~!\"#$&'",
        "100%, 100%25",
        "'a\tb\n\u007f', a%09b%0A%7F",
        "größe, gr%C3%B6%C3%9Fe",
        "\uD83D\uDE00, %F0%9F%98%80"
    })
    void aMessageIsPercentEncodedUtf8(String text, String encoded) {
        assertThat(GrpcMessage.encode(text)).isEqualTo(encoded);
    }

    /** Proves specification 7.4. */
    @Test
    void aMessageEndsBeforeTheCharacterThatDoesNotFitInto1024Bytes() {
        assertThat(GrpcMessage.encode("a".repeat(2000))).isEqualTo("a".repeat(1024));
        assertThat(GrpcMessage.encode("a".repeat(1023) + "ö" + "b")).isEqualTo("a".repeat(1023));
    }

    /** Proves specification 7.4. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/grpc",
                "Application/GRPC",
                "application/grpc+proto",
                "application/grpc+json;charset=utf-8",
                "application/grpc;x=y",
                "application/grpc ; x=y"
            })
    void aContentTypeOfGrpcIsRecognized(String type) {
        assertThat(GrpcContentType.isIn(contentType(type))).isTrue();
    }

    /** Proves specification 7.4. */
    @ParameterizedTest
    @ValueSource(
            strings = {"application/grpc-web", "application/grpc-web+proto", "application/grpcx", "text/plain", "a", ""
            })
    void anyOtherContentTypeIsNotTakenForGrpc(String type) {
        assertThat(GrpcContentType.isIn(contentType(type))).isFalse();
        assertThat(GrpcContentType.isIn(new HeaderMap())).isFalse();
    }

    private static HeaderMap contentType(String type) {
        return new HeaderMap().put(Headers.CONTENT_TYPE, type);
    }
}
