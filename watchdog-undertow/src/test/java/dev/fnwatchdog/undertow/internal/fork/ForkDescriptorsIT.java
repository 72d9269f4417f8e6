package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Specification 4.10, 7.2 and 7.25: the forking modes with few descriptors. */
@Timeout(120)
class ForkDescriptorsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LIMIT = 256;
    private static final int IN_FLIGHT = 8;

    /** Beyond those of an idle watchdog: what the JVM opens for itself, and connections that are just being closed. */
    private static final int SLACK = 4;

    private static final int MORE_RESPONSES = 20;

    @TempDir
    private Path folder;

    /** @param flags whether the JVM has the options of the jar's manifest; without them threads copy what is in pipes */
    private PackagedWatchdog starting(String mode, boolean flags) throws IOException {
        PackagedWatchdog.Builder builder = PackagedWatchdog.with(
                        "mode",
                        mode,
                        "fprocess",
                        "sh -c 'echo $Http_Path'",
                        "max_inflight",
                        Integer.toString(IN_FLIGHT),
                        "port",
                        "0",
                        "metrics_port",
                        "0",
                        "exec_timeout",
                        "20s")
                .underLimit("-n", LIMIT);
        return (flags ? builder : builder.classPath(folder)).startReady();
    }

    /** Sends one request after the other on one connection, each with a path of its own, which the response must name. */
    private static final class Requests implements AutoCloseable {
        private final RawClient client;
        private final Queue<String> statuses = new ConcurrentLinkedQueue<>();
        private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
        private final Thread thread;

        // Mutable state
        private volatile boolean over;

        Requests(PackagedWatchdog watchdog, int number) throws IOException {
            client = watchdog.connect();
            client.socket().setSoTimeout((int) PATIENCE.toMillis());
            thread = new Thread(() -> run(number));
            thread.start();
        }

        private void run(int number) {
            try {
                for (int i = 0; !over; i++) {
                    String path = "/%d-%d".formatted(number, i);
                    client.send("GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(path));
                    String response = client.readWhole();
                    String status = response.substring("HTTP/1.1 ".length()).substring(0, 3);
                    statuses.add(status);
                    if (status.equals("200") && !response.endsWith("\r\n\r\n" + path + "\n")) {
                        wrong.add(path + ": " + response);
                    }
                }
            } catch (IOException | RuntimeException e) {
                wrong.add(e.toString());
            }
        }

        int responses() {
            return statuses.size();
        }

        /** Returns whether it has ended for a failure, which {@link #end()} reports. */
        boolean failed() {
            return !wrong.isEmpty();
        }

        /** Returns the statuses of its requests so far, when the last of them is over. */
        Queue<String> end() throws InterruptedException {
            over = true;
            thread.join();
            assertThat(wrong).isEmpty();
            return statuses;
        }

        @Override
        public void close() throws IOException {
            over = true;
            client.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"streaming,true", "serializing,true", "streaming,false", "serializing,false"})
    void streamsThatAreResetTakeNoMoreDescriptorsThanTheirPermits(String mode, boolean flags) throws Exception {
        try (PackagedWatchdog watchdog = starting(mode, flags)) {
            int before = descriptors(watchdog);
            try (Requests requests = new Requests(watchdog, 0)) {
                for (int round = 0; round < 3; round++) {
                    try (Http2Client client = Http2Client.on(watchdog.connect())) {
                        for (int stream = 1; stream < 1000; stream += 2) {
                            client.get(stream, "/reset");
                            client.reset(stream);
                        }
                        client.send(Http2Frames.PING, 0, 0, new byte[8]);
                        client.awaitPing();
                    }
                }

                assertThat(requests.end()).isNotEmpty().isSubsetOf("200", "429");
            }
            assertThat(watchdog.err()).noneMatch(line -> line.contains("cannot start"));
            Polling.until(PATIENCE, () -> descriptors(watchdog) <= before + SLACK);
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    /** Waits until each client has got several more responses. */
    private static void awaitMoreResponses(List<Requests> clients) {
        List<Integer> before = clients.stream().map(Requests::responses).toList();
        Polling.until(
                PATIENCE,
                () -> IntStream.range(0, clients.size())
                        .allMatch(i -> clients.get(i).failed()
                                || clients.get(i).responses() >= before.get(i) + MORE_RESPONSES));
    }

    @ParameterizedTest
    @CsvSource({"streaming,true", "serializing,true", "streaming,false", "serializing,false"})
    void nothingIsLostOrMixedUpWhereConnectionsTakeTheDescriptors(String mode, boolean flags) throws Exception {
        List<RawClient> connections = new ArrayList<>();
        List<Requests> clients = new ArrayList<>();
        try (PackagedWatchdog watchdog = starting(mode, flags)) {
            int before = descriptors(watchdog);
            for (int i = 0; i < IN_FLIGHT; i++) {
                clients.add(new Requests(watchdog, i));
            }
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < LIMIT; i++) {
                    connections.add(watchdog.connect());
                }
                awaitMoreResponses(clients);
                close(connections);
            }
            for (Requests client : clients) {
                assertThat(client.end()).isNotEmpty().isSubsetOf("200", "500");
                client.close();
            }

            assertThat(watchdog.get("/after").body()).isEqualTo("/after\n");
            assertThat(watchdog.err()).noneMatch(line -> line.contains("Bad file descriptor"));
            Polling.until(PATIENCE, () -> descriptors(watchdog) <= before + SLACK);
            Polling.until(PATIENCE, () -> watchdog.remainingDescendants().isEmpty());
        } finally {
            close(connections);
            for (Requests client : clients) {
                client.close();
            }
        }
    }

    private static void close(List<RawClient> connections) throws IOException {
        for (RawClient each : connections) {
            each.close();
        }
        connections.clear();
    }

    private static int descriptors(PackagedWatchdog watchdog) {
        return Objects.requireNonNull(Path.of("/proc", Long.toString(watchdog.pid()), "fd")
                        .toFile()
                        .list())
                .length;
    }
}
