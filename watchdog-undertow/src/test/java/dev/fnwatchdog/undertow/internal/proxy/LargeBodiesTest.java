package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import dev.fnwatchdog.undertow.internal.io.LargeBuffers;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract 3: bodies go on as they are, however many large ones there are at once, and however slow their readers. */
class LargeBodiesTest {
    private static final int PERIOD = 251;
    private static final byte[] PIECE = pattern(PERIOD * 4096);
    private static final int PIECES = 8;

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % PERIOD);
        }
        return bytes;
    }

    private static Socket slowClient(RunningWatchdog watchdog) throws Exception {
        Socket client = new Socket();
        client.setReceiveBufferSize(16 * 1024);
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), watchdog.port()));
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return client;
    }

    @Test
    void reachTheirReadersWholeWhereMoreStallThanThereAreLargeBuffers() throws Exception {
        int length = PIECE.length * PIECES;
        List<Socket> clients = new ArrayList<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                        connection.sendTimes(PIECE, PIECES);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            try {
                for (int i = 0; i < IoWorker.ioThreads() * LargeBuffers.MAX_BUFFERS + 8; i++) {
                    clients.add(slowClient(watchdog));
                }
                Polling.until(
                        Duration.ofSeconds(20),
                        () -> WatchdogInternals.loops(watchdog.watchdog()).largeBuffersInUse() >= LargeBuffers.MAX_BUFFERS);
                for (Socket client : clients) {
                    InputStream in = client.getInputStream();
                    skipHead(in);
                    for (int i = 0; i < PIECES; i++) {
                        assertThat(in.readNBytes(PIECE.length)).isEqualTo(PIECE);
                    }
                }
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
        }
    }

    private static void skipHead(InputStream in) throws Exception {
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
    }
}
