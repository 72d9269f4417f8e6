package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The packaged jar with 64 MiB of heap, and HTTP/2 clients that make it hold as much as they can. Proves specification
 * 9.13, 9.14.
 */
@Timeout(90)
class Http2MemoryLimitsIT {
    private static final long LARGEST_HEAP_AT_REST = 16L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int LONG_VALUE = 1_000_000;
    private static final int LARGE_BODY = 8 << 20;

    private final List<Http2Streams> clients = new ArrayList<>();

    @AfterEach
    void closeClients() throws IOException {
        for (Http2Streams client : clients) {
            client.close();
        }
        clients.clear();
    }

    /** What one connection makes the watchdog hold. */
    enum Load {
        LONG_VALUE_OF_A_FIELD(60) {
            @Override
            void send(Http2Streams client) throws IOException {
                client.requestInPieces(true, 16 * 1024, lines("x-a: " + "v".repeat(LONG_VALUE)));
            }
        },
        MANY_FIELDS(60) {
            @Override
            void send(Http2Streams client) throws IOException {
                client.requestInPieces(true, 16 * 1024, lines(fields(20_000, 1)));
            }
        },
        LARGE_TRAILERS(10) {
            @Override
            void send(Http2Streams client) throws IOException {
                for (int i = 0; i < 20; i++) {
                    client.trailers(client.post("/hang"), fields(100, 8_000));
                }
            }
        },
        MANY_TRAILERS(10) {
            @Override
            void send(Http2Streams client) throws IOException {
                for (int i = 0; i < 20; i++) {
                    client.trailers(client.post("/hang"), fields(2_000, 1));
                }
            }
        },
        UNREAD_RESPONSES(50) {
            @Override
            void send(Http2Streams client) throws IOException {
                for (int i = 0; i < 20; i++) {
                    client.get("/large");
                }
            }
        };

        private final int connections;

        Load(int connections) {
            this.connections = connections;
        }

        abstract void send(Http2Streams client) throws IOException;

        private static String[] lines(String... more) {
            List<String> lines =
                    new ArrayList<>(List.of(":method: GET", ":scheme: http", ":authority: h", ":path: /hang"));
            lines.addAll(List.of(more));
            return lines.toArray(String[]::new);
        }

        private static String[] fields(int count, int length) {
            return IntStream.range(0, count)
                    .mapToObj(i -> "x-" + Integer.toHexString(i) + ": " + "v".repeat(length))
                    .toArray(String[]::new);
        }
    }

    private static ScriptedFunction function() throws IOException {
        byte[] piece = new byte[64 * 1024];
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                if (head.contains(" /small ")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmall");
                } else if (head.contains(" /large ")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(LARGE_BODY));
                    connection.sendTimes(piece, LARGE_BODY / piece.length);
                } else {
                    connection.closedByPeer();
                    return;
                }
            }
        });
    }

    /** Proves specification 9.13, 9.14. */
    @ParameterizedTest
    @EnumSource
    void othersAreServedWhileHttp2ClientsSendMoreThanFitsIntoMemoryAndTheMemoryIsFreeAfterwards(Load load)
            throws Exception {
        try (ScriptedFunction function = function();
                PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(
                                "sleep 600", function.port(), "healthcheck_interval", "0")
                        .jvm("-Xmx64m")
                        .startReady()) {
            for (int i = 0; i < load.connections; i++) {
                open(load, watchdog.port());
                if (i % 10 == 9) {
                    assertThat(watchdog.get("/small").body()).isEqualTo("small");
                }
            }

            assertThat(watchdog.get("/small").body()).isEqualTo("small");
            closeClients();
            Polling.until(PATIENCE, () -> watchdog.heapInUse() < LARGEST_HEAP_AT_REST);
            assertThat(watchdog.alive()).isTrue();
            assertThat(watchdog.err()).noneMatch(line -> line.contains("OutOfMemory"));
        }
    }

    private void open(Load load, int port) throws IOException {
        Http2Streams client = Http2Streams.withoutFlowControl(
                RawClient.withSmallReceiveBuffer(InetAddress.getLoopbackAddress(), port));
        clients.add(client);
        try {
            load.send(client);
        } catch (IOException refused) {
            // The connection was closed: there is no memory for more.
        }
    }
}
