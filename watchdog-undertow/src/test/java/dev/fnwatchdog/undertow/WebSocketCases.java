package dev.fnwatchdog.undertow;

import static dev.fnwatchdog.undertow.WebSocketCase.closes;
import static dev.fnwatchdog.undertow.WebSocketCase.echoes;
import static dev.fnwatchdog.undertow.WebSocketCase.fails;
import static dev.fnwatchdog.undertow.WebSocketFrames.BINARY;
import static dev.fnwatchdog.undertow.WebSocketFrames.CLOSE;
import static dev.fnwatchdog.undertow.WebSocketFrames.CONTINUATION;
import static dev.fnwatchdog.undertow.WebSocketFrames.FIN;
import static dev.fnwatchdog.undertow.WebSocketFrames.NO_STATUS;
import static dev.fnwatchdog.undertow.WebSocketFrames.PING;
import static dev.fnwatchdog.undertow.WebSocketFrames.PONG;
import static dev.fnwatchdog.undertow.WebSocketFrames.TEXT;
import static dev.fnwatchdog.undertow.WebSocketFrames.close;
import static dev.fnwatchdog.undertow.WebSocketFrames.frame;
import static dev.fnwatchdog.undertow.WebSocketFrames.part;
import static dev.fnwatchdog.undertow.WebSocketFrames.raw;
import static dev.fnwatchdog.undertow.WebSocketFrames.text;
import static dev.fnwatchdog.undertow.WebSocketFrames.utf8;

import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The families of cases that WebSocket suites run, without text and compression, as frames of our own (RFC 6455). */
final class WebSocketCases {
    private static final byte[] NOTHING = {};
    private static final byte[] HELLO = utf8("hello");
    private static final int PROTOCOL_ERROR = 1002;
    private static final int CONTROL_LIMIT = 125;
    private static final int TOO_BIG = 1009;
    private static final int MAXIMUM = 16 * 1024 * 1024;

    private WebSocketCases() {}

    static Stream<WebSocketCase> all() {
        return Stream.of(
                        framing(), pings(), reservedBits(), opcodes(), fragmentation(), statuses(), closing(), limits())
                .flatMap(cases -> cases);
    }

    private static Stream<WebSocketCase> framing() {
        return IntStream.of(0, 1, 125, 126, 127, 128, 65535, 65536)
                .boxed()
                .flatMap(size -> Stream.of(
                                echoes("1 text of %d bytes".formatted(size), 1, frame(TEXT, letters(size))),
                                echoes("1 binary of %d bytes".formatted(size), 1, frame(BINARY, random(size))))
                        .flatMap(one -> Stream.of(one, one.chopped(997))));
    }

    private static Stream<WebSocketCase> pings() {
        byte[] ping = frame(PING, HELLO);
        return Stream.of(
                        echoes("2 ping without payload", 0, frame(PING, NOTHING)),
                        echoes("2 ping with text", 0, ping),
                        echoes("2 ping with binary", 0, frame(PING, new byte[] {0, -1, -2, -3, -4, -5, 0, -1})),
                        echoes("2 ping of 125 bytes", 0, frame(PING, random(CONTROL_LIMIT))),
                        fails("2 ping of 126 bytes", PROTOCOL_ERROR, 0, frame(PING, random(CONTROL_LIMIT + 1))),
                        fails("2 pong of 126 bytes", PROTOCOL_ERROR, 0, frame(PONG, random(CONTROL_LIMIT + 1))),
                        echoes("2 pong without payload", 0, frame(PONG, NOTHING)),
                        echoes("2 pong with payload", 0, frame(PONG, HELLO)),
                        echoes("2 pong, then ping", 0, frame(PONG, HELLO), ping),
                        echoes("2 ten pings", 0, Collections.nCopies(10, ping).toArray(byte[][]::new)),
                        fails("2 ping in parts", PROTOCOL_ERROR, 0, part(PING, HELLO), frame(CONTINUATION, HELLO)))
                .flatMap(one -> Stream.of(one, one.atOnce(), one.chopped(1)));
    }

    private static Stream<WebSocketCase> reservedBits() {
        return IntStream.of(TEXT, BINARY, PING, PONG, CLOSE)
                .boxed()
                .flatMap(opcode -> IntStream.rangeClosed(1, 7)
                        .mapToObj(bits -> fails(
                                "3 reserved bits %d with opcode %d".formatted(bits, opcode),
                                PROTOCOL_ERROR,
                                1,
                                text("before"),
                                raw(FIN | (bits << 4) | opcode, HELLO),
                                frame(PING, NOTHING))))
                .flatMap(one -> Stream.of(one, one.atOnce()));
    }

    private static Stream<WebSocketCase> opcodes() {
        return IntStream.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
                .boxed()
                .flatMap(opcode -> Stream.of(
                        fails("4 opcode %d alone".formatted(opcode), PROTOCOL_ERROR, 0, frame(opcode, NOTHING)),
                        fails(
                                "4 opcode %d behind a message".formatted(opcode),
                                PROTOCOL_ERROR,
                                1,
                                text("before"),
                                frame(opcode, HELLO),
                                frame(PING, NOTHING))));
    }

    private static Stream<WebSocketCase> fragmentation() {
        byte[] first = part(TEXT, HELLO);
        byte[] middle = part(CONTINUATION, HELLO);
        byte[] last = frame(CONTINUATION, HELLO);
        byte[] ping = frame(PING, utf8("ping"));
        return Stream.of(
                        echoes("5 text in two parts", 1, first, last),
                        echoes("5 binary in three parts", 1, part(BINARY, random(9)), middle, last),
                        echoes("5 empty parts", 1, part(TEXT, NOTHING), part(CONTINUATION, NOTHING), last),
                        echoes("5 only empty parts", 1, part(TEXT, NOTHING), frame(CONTINUATION, NOTHING)),
                        echoes("5 ping between parts", 1, first, ping, last),
                        echoes("5 pings between many parts", 1, first, ping, middle, ping, middle, ping, last),
                        echoes("5 pong between parts", 1, first, frame(PONG, HELLO), last),
                        echoes("5 two messages in parts", 2, first, middle, last, first, last),
                        fails("5 continuation of nothing, final", PROTOCOL_ERROR, 0, last),
                        fails("5 continuation of nothing, not final", PROTOCOL_ERROR, 0, middle),
                        fails("5 continuation behind a whole message", PROTOCOL_ERROR, 1, text("a"), last),
                        fails("5 continuation behind a message in parts", PROTOCOL_ERROR, 1, first, last, last),
                        fails("5 text between parts", PROTOCOL_ERROR, 0, first, text("b"), last),
                        fails("5 binary between parts", PROTOCOL_ERROR, 0, first, frame(BINARY, HELLO), last),
                        fails("5 another first part between parts", PROTOCOL_ERROR, 0, first, first, last),
                        fails("5 unknown opcode between parts", PROTOCOL_ERROR, 0, first, frame(3, HELLO), last))
                .flatMap(one -> Stream.of(one, one.atOnce(), one.chopped(1)));
    }

    private static Stream<WebSocketCase> statuses() {
        IntStream valid = IntStream.of(
                1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999);
        IntStream invalid = IntStream.of(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535);
        return Stream.concat(
                valid.mapToObj(status -> closes("7 close with " + status, status, 0, close(status, NOTHING))),
                invalid.mapToObj(status -> closes("7 close with " + status, PROTOCOL_ERROR, 0, close(status, HELLO))));
    }

    private static Stream<WebSocketCase> closing() {
        byte[] goodbye = close(1000, NOTHING);
        return Stream.of(
                        closes("7 close without a status", NO_STATUS, 0, frame(CLOSE, NOTHING)),
                        closes("7 close of one byte", PROTOCOL_ERROR, 0, frame(CLOSE, new byte[1])),
                        closes("7 close with a reason", 1000, 0, close(1000, HELLO)),
                        closes("7 close with 123 bytes of reason", 1000, 0, close(1000, letters(123))),
                        closes("7 close with 124 bytes of reason", PROTOCOL_ERROR, 0, close(1000, letters(124))),
                        closes("7 close whose reason is no UTF-8", 1007, 0, close(1000, new byte[] {-50, -70, -19, -96
                        })),
                        closes("7 close in parts", PROTOCOL_ERROR, 0, part(CLOSE, NOTHING), goodbye),
                        closes("7 message, then close", 1000, 1, text("a"), goodbye),
                        closes("7 close between parts", 1000, 0, part(TEXT, HELLO), goodbye),
                        closes("7 two closes", 1000, 0, goodbye, goodbye),
                        closes("7 ping behind close", 1000, 0, goodbye, frame(PING, NOTHING)),
                        closes("7 message behind close", 1000, 0, goodbye, text("too late")),
                        closes("7 large message, then close", 1000, 1, frame(TEXT, letters(256 * 1024)), goodbye))
                .flatMap(one -> Stream.of(one, one.atOnce()));
    }

    private static Stream<WebSocketCase> limits() {
        Stream<WebSocketCase> whole = IntStream.of(64 << 10, 256 << 10, 1 << 20, 4 << 20)
                .boxed()
                .flatMap(size -> Stream.of(
                        echoes("9 text of %d bytes".formatted(size), 1, frame(TEXT, letters(size))),
                        echoes("9 binary of %d bytes".formatted(size), 1, frame(BINARY, random(size)))));
        Stream<WebSocketCase> inParts = IntStream.of(64, 1 << 10, 16 << 10, 256 << 10)
                .mapToObj(part -> echoes("9 message in parts of %d bytes".formatted(part), 1, inParts(1 << 20, part)));
        Stream<WebSocketCase> inWrites = IntStream.of(64, 512, 2048)
                .mapToObj(size -> echoes("9 binary of 1 MiB", 1, frame(BINARY, random(1 << 20)))
                        .chopped(size));
        Stream<WebSocketCase> many = IntStream.of(0, 16, 256, 4096)
                .mapToObj(size -> echoes(
                        "9 1000 messages of %d bytes".formatted(size),
                        1000,
                        Collections.nCopies(1000, frame(BINARY, random(size))).toArray(byte[][]::new)));
        Stream<WebSocketCase> beyond = Stream.of(
                fails("9 a frame over the server's limit", TOO_BIG, 0, head(MAXIMUM + 1)),
                fails("9 a frame of 2^53 bytes", TOO_BIG, 0, head(1L << 53)));
        return Stream.of(whole, inParts, inWrites, many, beyond).flatMap(cases -> cases);
    }

    private static byte[][] inParts(int size, int part) {
        byte[] payload = letters(part);
        int parts = size / part;
        return IntStream.range(0, parts)
                .mapToObj(i -> raw((i == 0 ? BINARY : CONTINUATION) | (i == parts - 1 ? FIN : 0), payload))
                .toArray(byte[][]::new);
    }

    /** The head of a binary frame of so many bytes, which do not follow. */
    private static byte[] head(long length) {
        byte[] head = new byte[14];
        head[0] = (byte) (FIN | BINARY);
        head[1] = (byte) 0xff;
        for (int i = 0; i < 8; i++) {
            head[2 + i] = (byte) (length >> (56 - 8 * i));
        }
        return head;
    }

    private static byte[] letters(int size) {
        byte[] letters = new byte[size];
        for (int i = 0; i < size; i++) {
            letters[i] = (byte) ('a' + i % 26);
        }
        return letters;
    }

    private static byte[] random(int size) {
        byte[] random = new byte[size];
        new Random(size).nextBytes(random);
        return random;
    }
}
