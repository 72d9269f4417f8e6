package dev.fnwatchdog.undertow;

import static dev.fnwatchdog.undertow.WebSocketCase.echoes;
import static dev.fnwatchdog.undertow.WebSocketCase.fails;
import static dev.fnwatchdog.undertow.WebSocketFrames.BINARY;
import static dev.fnwatchdog.undertow.WebSocketFrames.CONTINUATION;
import static dev.fnwatchdog.undertow.WebSocketFrames.FIN;
import static dev.fnwatchdog.undertow.WebSocketFrames.PING;
import static dev.fnwatchdog.undertow.WebSocketFrames.RSV1;
import static dev.fnwatchdog.undertow.WebSocketFrames.TEXT;
import static dev.fnwatchdog.undertow.WebSocketFrames.deflated;
import static dev.fnwatchdog.undertow.WebSocketFrames.frame;
import static dev.fnwatchdog.undertow.WebSocketFrames.raw;
import static dev.fnwatchdog.undertow.WebSocketFrames.utf8;

import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/** Cases of UTF-8 in text messages (RFC 6455, 8.1), and of permessage-deflate (RFC 7692). */
final class WebSocketTextCases {
    private static final int PROTOCOL_ERROR = 1002;
    private static final int INVALID_PAYLOAD = 1007;
    private static final String DEFLATE = "permessage-deflate";

    private WebSocketTextCases() {}

    static Stream<WebSocketCase> all() {
        return Stream.of(validText(), invalidText(), compressed(), wronglyCompressed())
                .flatMap(cases -> cases);
    }

    private static Stream<WebSocketCase> validText() {
        return Stream.of(
                        "68656c6c6f",
                        "c2b5c39fc3b6c3a4",
                        "cebae1bdb9cf83cebcceb5",
                        "00",
                        "7f",
                        "c280",
                        "dfbf",
                        "e0a080",
                        "ed9fbf",
                        "ee8080",
                        "efbfbd",
                        "efbfbe",
                        "efbfbf",
                        "f0908080",
                        "f09f9880",
                        "f09fbfbe",
                        "f48fbfbf")
                .flatMap(hex -> {
                    byte[] text = HexFormat.of().parseHex(hex);
                    return inEachWay(
                            echoes("6 text of " + hex, 1, frame(TEXT, text)),
                            echoes("6 text of " + hex + " in parts of one byte", 1, bytewise(text)));
                });
    }

    private static Stream<WebSocketCase> invalidText() {
        return Stream.of(
                        "80",
                        "bf",
                        "8080bfbf",
                        "c080",
                        "c1bf",
                        "e08080",
                        "e09fbf",
                        "f0808080",
                        "f08fbfbf",
                        "f888808080",
                        "fc8480808080",
                        "eda080",
                        "edafbf",
                        "edb080",
                        "edbfbf",
                        "eda080edb080",
                        "f4908080",
                        "f5808080",
                        "fe",
                        "ff",
                        "c2",
                        "e0a0",
                        "f09080",
                        "c328",
                        "e28228",
                        "f0288cbc",
                        "cebae1bdb9cf83cebcceb5f4908080656469746564",
                        "68656c6c6fff")
                .flatMap(hex -> {
                    byte[] text = HexFormat.of().parseHex(hex);
                    return inEachWay(
                            fails("6 text of " + hex, INVALID_PAYLOAD, 0, frame(TEXT, text)),
                            fails("6 text of " + hex + " in parts of one byte", INVALID_PAYLOAD, 0, bytewise(text)));
                });
    }

    private static Stream<WebSocketCase> inEachWay(WebSocketCase whole, WebSocketCase inParts) {
        return Stream.of(whole, whole.chopped(1), inParts, inParts.chopped(1));
    }

    private static byte[][] bytewise(byte[] text) {
        return IntStream.range(0, text.length)
                .mapToObj(i ->
                        raw((i == 0 ? TEXT : CONTINUATION) | (i == text.length - 1 ? FIN : 0), new byte[] {text[i]}))
                .toArray(byte[][]::new);
    }

    private static Stream<WebSocketCase> compressed() {
        return Stream.of(
                        DEFLATE,
                        DEFLATE + "; client_no_context_takeover",
                        DEFLATE + "; server_no_context_takeover",
                        DEFLATE + "; server_no_context_takeover; client_no_context_takeover",
                        DEFLATE + "; server_max_window_bits=9",
                        DEFLATE + "; server_max_window_bits=15; client_no_context_takeover",
                        DEFLATE + "; server_max_window_bits=9, " + DEFLATE)
                .flatMap(offer -> IntStream.of(0, 16, 64, 256, 1024, 4096, 8192, 32768, 131072)
                        .boxed()
                        .flatMap(size -> Stream.of(
                                echoes(
                                                "12 20 compressible messages of %d bytes, %s".formatted(size, offer),
                                                20,
                                                messages(offer, new byte[size]))
                                        .offering(offer),
                                echoes(
                                                "12 20 random messages of %d bytes, %s".formatted(size, offer),
                                                20,
                                                messages(offer, random(size)))
                                        .offering(offer)
                                        .chopped(1000))));
    }

    private static byte[][] messages(String offer, byte[] message) {
        Deflater kept = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        return IntStream.range(0, 20)
                .mapToObj(i -> {
                    if (offer.contains("client_no_context_takeover")) {
                        kept.reset();
                    }
                    return raw(FIN | RSV1 | BINARY, deflated(kept, message));
                })
                .toArray(byte[][]::new);
    }

    private static Stream<WebSocketCase> wronglyCompressed() {
        byte[] hello = deflated(new Deflater(Deflater.DEFAULT_COMPRESSION, true), utf8("hello"));
        return Stream.of(
                        echoes("13 message that is not compressed", 1, frame(TEXT, utf8("hello"))),
                        echoes("13 compressed text", 1, raw(FIN | RSV1 | TEXT, hello)),
                        fails("13 compressed ping", PROTOCOL_ERROR, 0, raw(FIN | RSV1 | PING, hello)),
                        fails(
                                "13 continuation that says it is compressed",
                                PROTOCOL_ERROR,
                                0,
                                raw(RSV1 | TEXT, hello),
                                raw(FIN | RSV1 | CONTINUATION, hello)),
                        fails("13 another reserved bit", PROTOCOL_ERROR, 0, raw(FIN | RSV1 | 0x20 | TEXT, hello)),
                        fails("13 garbage", INVALID_PAYLOAD, 0, raw(FIN | RSV1 | TEXT, random(50))))
                .map(one -> one.offering(DEFLATE));
    }

    private static byte[] random(int size) {
        byte[] random = new byte[size];
        new Random(size).nextBytes(random);
        return random;
    }
}
