package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.health.Shutdown.Cause;
import dev.fnwatchdog.core.log.LogReceiver;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests watchdogs inside another program. Proves specification 1.24. */
class EmbeddedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    @TempDir
    private Path temporary;

    /** The threads, child processes and descriptors of this JVM. */
    private record Resources(Set<Thread> threads, Set<Long> children, long descriptors) {
        static Resources now() throws IOException {
            Set<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("watchdog"))
                    .collect(Collectors.toSet());
            Set<Long> children =
                    ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return new Resources(threads, children, open.count());
            }
        }

        boolean within(Resources before) {
            return descriptors <= before.descriptors
                    && before.threads.containsAll(threads)
                    && before.children.containsAll(children);
        }
    }

    @Test
    void closingLeavesNoThreadChildProcessOrDescriptorBehind() throws Exception {
        serveAndClose();
        Resources before = Resources.now();

        for (int i = 0; i < 3; i++) {
            serveAndClose();
        }

        Polling.until(PATIENCE, () -> Resources.now().within(before));
    }

    /** Closes the watchdog while connections of all kinds are still open. */
    private static void serveAndClose() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
            while (true) {
                if (connection.readHead().contains("/hang")) {
                    entered.countDown();
                    connection.read(1);
                }
                connection.send(OK);
            }
        })) {
            RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "50ms");
            try (RawClient idle = watchdog.connect();
                    RawClient busy = watchdog.connect();
                    Http2Client http2 = Http2Client.on(watchdog.connect());
                    RawClient silent = watchdog.connect()) {
                idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(idle.readResponse()).endsWith("hi");
                http2.get(1, "/");
                assertThat(http2.response(1)).endsWith("hi");
                busy.send("GET /hang HTTP/1.1\r\nHost: h\r\n\r\n");
                entered.await();
                watchdog.metrics();
                int port = watchdog.port();
                int metricsPort = watchdog.metricsPort();

                watchdog.stop(Cause.CLOSE);

                assertThat(idle.closedByPeer()).isTrue();
                assertThat(busy.closedByPeer()).isTrue();
                assertThat(silent.closedByPeer()).isTrue();
                assertThat(refuses(port)).isTrue();
                assertThat(refuses(metricsPort)).isTrue();
            }
            watchdog.close();
        }
    }

    private static boolean refuses(int port) throws IOException {
        try (RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (ConnectException refused) {
            return true;
        }
    }

    /** Proves specification 2.18. */
    @Test
    void theRegistryOfTheProgramHasTheMetricsOfTheWatchdogUntilItStopsOrHasFailedToStart() throws Exception {
        PrometheusRegistry program = new PrometheusRegistry();
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog taken = RunningWatchdog.inFrontOf(function)) {
            try (Watchdog watchdog = Watchdog.builder(RunningWatchdog.config(function.port()))
                    .log(WatchdogLog.discarding())
                    .metrics(program)
                    .start()) {
                assertThat(watchdog.port()).isPositive();
                assertThat(program.scrape().stream()
                                .map(family -> family.getMetadata().getName()))
                        .contains("http_requests_in_flight", "watchdog_upstream_connections");
            }
            assertThat(program.scrape().size()).isZero();

            assertThatThrownBy(() -> Watchdog.builder(RunningWatchdog.config(
                                    function.port(), "metrics_port", String.valueOf(taken.metricsPort())))
                            .log(WatchdogLog.discarding())
                            .metrics(program)
                            .start())
                    .isInstanceOf(IOException.class);
            assertThat(program.scrape().size()).isZero();
        }
    }

    @Test
    void twoWatchdogsInOneJvmHaveTheirOwnPortsMetricsAndFunction() throws Exception {
        try (ScriptedFunction first =
                        ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
                ScriptedFunction second =
                        ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
                RunningWatchdog survivor = RunningWatchdog.inFrontOf(second, "max_inflight", "2")) {
            WatchdogConfig config = RunningWatchdog.config(first.port(), "max_inflight", "1");
            try (Watchdog other = Watchdog.builder(config)
                            .log(WatchdogLog.discarding())
                            .start();
                    RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), other.port());
                    RawClient metrics = RawClient.to(InetAddress.getLoopbackAddress(), other.metricsPort())) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readResponse()).endsWith("one");
                assertThat(survivor.get("/").body()).isEqualTo("two");
                assertThat(survivor.get("/").body()).isEqualTo("two");

                metrics.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(metrics.readResponse()).contains("http_requests_total{code=\"200\",method=\"get\"} 1\n");
                assertThat(survivor.metrics()).contains("http_requests_total{code=\"200\",method=\"get\"} 2\n");
            }

            assertThat(survivor.get("/").body()).isEqualTo("two");
            assertThat(survivor.get("/_/ready").statusCode()).isEqualTo(200);
            assertThat(survivor.metrics()).contains("http_requests_total{code=\"200\",method=\"get\"} 3\n");
        }
    }

    @Test
    void closingAndStoppingAgainHasNoEffect() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK)) {
            RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);

            assertThat(watchdog.stop(Cause.CLOSE)).isZero();
            assertThat(watchdog.stop(Cause.CLOSE)).isZero();
            watchdog.close();

            assertThat(watchdog.log().lines().stream().filter(line -> line.contains("Exiting")))
                    .hasSize(1);
        }
    }

    @Test
    void noLockFileIsWrittenUnlessTheProgramAsksForIt() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                Watchdog watchdog = Watchdog.builder(RunningWatchdog.config(
                                function.port(), "suppress_lock", "false", "TMPDIR", temporary.toString()))
                        .log(WatchdogLog.discarding())
                        .start();
                RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), watchdog.port())) {
            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readResponse()).endsWith("OK");
            assertThat(temporary).isEmptyDirectory();
        }
    }

    /** Proves specification 6.16. */
    @Test
    void theProgramReceivesTheLinesOfTheWatchdogAndOfTheFunction() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        LogReceiver receiver = new LogReceiver() {
            @Override
            public void watchdogLine(Level level, String text) {
                lines.add(level + " " + text);
            }

            @Override
            public void functionLine(Output output, String text) {
                lines.add(output + " " + text);
            }
        };
        WatchdogConfig config = WatchdogConfig.parse(
                Map.of("fprocess", "sh -c 'echo oops >&2; exit 3'", "port", "0", "metrics_port", "0"));
        try (Watchdog watchdog = Watchdog.builder(config).log(receiver).start();
                RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), watchdog.port())) {
            client.send("GET /path HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
        }

        assertThat(lines)
                .contains("INFO Mode: streaming, fprocess: \"sh -c 'echo oops >&2; exit 3'\"", "STDERR oops")
                .contains("ERROR Function process failed: exit status 3")
                .anyMatch(line -> line.startsWith("INFO GET /path - 200 - "));
    }

    @Test
    void noSystemPropertyIsSet() throws Exception {
        List<String> before = properties();
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            assertThat(watchdog.get("/").body()).isEqualTo("hi");
        }

        assertThat(properties()).isEqualTo(before);
    }

    private static List<String> properties() {
        return System.getProperties().stringPropertyNames().stream()
                .filter(name -> !name.startsWith("sun.") && !name.startsWith("java."))
                .sorted()
                .toList();
    }
}
