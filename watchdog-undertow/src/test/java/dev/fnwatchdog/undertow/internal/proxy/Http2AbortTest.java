package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 9 and 3: streams of HTTP/2 that end before their time, while others of the connection live on. */
class Http2AbortTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);

    /** Answers /ok; to anything else it sends {@code bytes}, and then waits for the connection's end. */
    private ScriptedFunction sending(String bytes) throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                if (head.contains(" /ok ")) {
                    connection.send(OK);
                } else {
                    try {
                        // It may be let go before all of it is out.
                        connection.send(bytes);
                        reached.countDown();
                        connection.readToEnd();
                    } finally {
                        left.countDown();
                    }
                }
            }
        });
    }

    private void awaitReached() throws InterruptedException {
        assertThat(reached.await(5, TimeUnit.SECONDS)).isTrue();
    }

    private void assertFunctionIsLetGo() throws InterruptedException {
        assertThat(left.await(3, TimeUnit.SECONDS)).isTrue();
    }

    private static void assertServes(Http2Streams client) throws IOException {
        int stream = client.get("/ok");
        assertThat(client.head(stream)).contains(":status: 200");
        assertThat(client.body(stream)).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npiece",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n"
            })
    void letTheFunctionGoWhenTheClientResetsThem(String bytes) throws Exception {
        try (ScriptedFunction function = sending(bytes);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            awaitReached();
            if (!bytes.isEmpty()) {
                client.head(stream);
            }
            client.reset(stream);

            assertFunctionIsLetGo();
            watchdog.awaitIdle();
            assertServes(client);
        }
    }

    @Test
    void letTheFunctionGoWhenTheClientResetsAnUpload() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/");
            client.data(stream, "some of it", false);
            awaitReached();
            client.reset(stream);

            assertFunctionIsLetGo();
            watchdog.awaitIdle();
            assertServes(client);
        }
    }

    @Test
    void letTheFunctionGoWhenTheClientResetsAResponseThatItsWindowHoldsBack() throws Exception {
        try (ScriptedFunction function =
                        sending("HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + "x".repeat(500_000));
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "write_timeout", "1m");
                Http2Streams client = Http2Streams.withWindow(watchdog, 1000)) {
            int stream = client.get("/");
            client.head(stream);
            assertThat(client.next(stream).payload()).hasSize(1000);
            client.reset(stream);

            assertFunctionIsLetGo();
            watchdog.awaitIdle();
            assertServes(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npiece"})
    void letTheFunctionGoWhenTheClientsConnectionEnds(String bytes) throws Exception {
        CountDownLatch all = new CountDownLatch(6);
        CountDownLatch gone = new CountDownLatch(6);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(bytes);
                    all.countDown();
                    try {
                        connection.readToEnd();
                    } finally {
                        gone.countDown();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            try (Http2Streams client = Http2Streams.of(watchdog)) {
                for (int i = 0; i < 3; i++) {
                    client.get("/");
                    client.data(client.post("/"), "some of it", false);
                }
                assertThat(all.await(5, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(gone.await(3, TimeUnit.SECONDS)).isTrue();
            watchdog.awaitIdle();
        }
    }

    @Test
    void areAnswered504WhereNoHeadComesInTime() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int waiting = client.get("/");
            int uploading = client.post("/");
            client.data(uploading, "some of it", false);

            assertThat(client.head(waiting))
                    .contains(":status: 504", "x-openfaas-internal: of-watchdog")
                    .anyMatch(line -> line.startsWith("x-duration-seconds: "));
            assertThat(client.body(waiting)).isEmpty();
            assertThat(client.head(uploading)).contains(":status: 504");
            assertFunctionIsLetGo();
            assertServes(client);
        }
    }

    @Test
    void freeWhatTheFunctionHasNotReadOfThem() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    end.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "1s");
                Http2Streams client = Http2Streams.of(watchdog)) {
            // Their first 5 MB fill the function's socket; what is sent then stays with the watchdog.
            int[] streams = new int[100];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = client.post("/");
                client.data(streams[i], "x".repeat(16_000), false);
                client.data(streams[i], "x".repeat(16_000), false);
                client.data(streams[i], "x".repeat(16_000), true);
            }
            for (int stream : streams) {
                assertThat(client.head(stream)).contains(":status: 504");
            }
            watchdog.awaitIdle();
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npiece",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n"
            })
    void areResetWhereTheirTimeIsOverAfterTheHead(String bytes) throws Exception {
        try (ScriptedFunction function = sending(bytes);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            client.head(stream);
            assertThat(client.next(stream).payload()).isEqualTo("piece");

            assertThat(client.next(stream).type()).isEqualTo(Http2Frames.RST_STREAM);
            assertFunctionIsLetGo();
            assertServes(client);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\npiece",
                "Content-Length: 9\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\nxyz\r\n"
            })
    void areResetWhereTheFunctionBreaksOff(String rest) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    boolean ok = connection.readHead().contains(" /ok ");
                    connection.send(ok ? OK : "HTTP/1.1 200 OK\r\n" + rest);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            assertThat(client.head(stream)).contains(":status: 200");
            Http2Frames.Frame frame = client.next(stream);
            if (rest.contains("piece") && frame.type() == Http2Frames.DATA) {
                frame = client.next(stream);
            }

            assertThat(frame.type()).isEqualTo(Http2Frames.RST_STREAM);
            assertServes(client);
        }
    }

    @Test
    void areAnswered500WhereTheFunctionBreaksOffBeforeTheHead() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    if (connection.readHead().contains(" /ok ")) {
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");

            assertThat(client.head(stream)).contains(":status: 500", "x-openfaas-internal: of-watchdog");
            assertThat(client.body(stream)).isEmpty();
            assertServes(client);
        }
    }
}
