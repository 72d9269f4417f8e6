package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A user may have no more processes and threads ({@code ulimit -u}): requests that need one fail and release what they
 * use. Proves specification 7.24.
 */
class ProcessLimitIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CONCURRENT_REQUESTS = 24;
    private static final int MAX_FREE_TASKS = 10;

    /** A response may be broken off: it had begun before the JDK found no thread that waits for its process. */
    private static final int BROKEN_OFF = 0;

    private final int user = ThreadLocalRandom.current().nextInt(200_000, 2_000_000);

    @BeforeEach
    void skipWithoutRoot() {
        boolean can = System.getProperty("user.name").equals("root") && Files.isExecutable(Path.of("/usr/bin/prlimit"));
        if (!can) {
            System.out.println("ProcessLimitIT is skipped: it takes root, setpriv and prlimit to limit another user");
        }
        assumeTrue(can, "takes root, setpriv and prlimit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming", "serializing"})
    void requestsWhoseProcessOrThreadIsRefusedAre500Or503AndLeaveNothingBehind(String mode) throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "mode", mode, "fprocess", "cat", "port", "0", "metrics_port", "0", "exec_timeout", "10s")
                .asUser(user)
                .startReady()) {
            assertThat(requests(watchdog, 2)).containsOnly(200);
            long descriptors = descriptors(watchdog);
            long threads = tasks(watchdog);

            List<Integer> limited = new ArrayList<>();
            for (int more = 2; more <= MAX_FREE_TASKS; more += 2) {
                limit(watchdog, threads + more);
                limited.addAll(requests(watchdog, CONCURRENT_REQUESTS));
            }
            limit(watchdog, 10_000);

            assertThat(limited).isSubsetOf(200, 500, 503, BROKEN_OFF).contains(500);
            Polling.until(PATIENCE, () -> children(watchdog).isEmpty());
            assertThat(requests(watchdog, 2 * CONCURRENT_REQUESTS)).containsOnly(200);
            Polling.until(PATIENCE, () -> children(watchdog).isEmpty());
            Polling.until(PATIENCE, () -> descriptors(watchdog) <= descriptors);
            assertThat(watchdog.err()).noneMatch(line -> line.contains("OutOfMemoryError"));
        }
    }

    /**
     * Sets the limit as the user itself: root without all capabilities may not change it for another user's process.
     */
    private void limit(PackagedWatchdog watchdog, long tasks) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder(
                        "setpriv",
                        "--reuid=" + user,
                        "--regid=" + user,
                        "--clear-groups",
                        "prlimit",
                        "--pid=" + watchdog.pid(),
                        "--nproc=" + tasks + ":")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    private static List<Integer> requests(PackagedWatchdog watchdog, int count) throws Exception {
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(watchdog.sendAsync(
                    watchdog.request("/").POST(HttpRequest.BodyPublishers.ofString("some body " + i))));
        }
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> response : sent) {
            statuses.add(response.thenApply(HttpResponse::statusCode)
                    .exceptionally(brokenOff -> BROKEN_OFF)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        }
        return statuses;
    }

    /** Counts pipes, files and selectors, without the client's connections, which stay open. */
    private static long descriptors(PackagedWatchdog watchdog) throws IOException {
        try (Stream<Path> open = Files.list(proc(watchdog).resolve("fd"))) {
            return open.filter(link -> !target(link).startsWith("socket:")).count();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "socket: or whatever it was";
        }
    }

    private static long tasks(PackagedWatchdog watchdog) throws IOException {
        try (Stream<Path> tasks = Files.list(proc(watchdog).resolve("task"))) {
            return tasks.count();
        }
    }

    /** Returns the child processes, including zombies. */
    private static List<Long> children(PackagedWatchdog watchdog) throws IOException {
        List<Long> children = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>) processes.filter(
                    path -> Character.isDigit(path.getFileName().toString().charAt(0)))::iterator) {
                if (parent(process) == watchdog.pid()) {
                    children.add(Long.valueOf(process.getFileName().toString()));
                }
            }
        }
        return children;
    }

    private static long parent(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1]);
        } catch (IOException ended) {
            return -1;
        }
    }

    private static Path proc(PackagedWatchdog watchdog) {
        return Path.of("/proc", Long.toString(watchdog.pid()));
    }
}
