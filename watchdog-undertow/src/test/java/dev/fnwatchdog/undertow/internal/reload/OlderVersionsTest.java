package dev.fnwatchdog.undertow.internal.reload;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Versions of a function that can run side by side: a long call stays with the version that it began with. */
class OlderVersionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration WRITE_TIMEOUT = Duration.ofMillis(200);

    private static volatile CountDownLatch entered = new CountDownLatch(1);
    private static volatile CountDownLatch release = new CountDownLatch(1);
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final Set<Integer> CLOSED = ConcurrentHashMap.newKeySet();

    @TempDir
    private Path folder;

    /** Answers with the number of its version; /slow does so when it is told to. */
    public static final class Numbered implements HttpHandler, AutoCloseable {
        private final int number = MADE.incrementAndGet();

        @Override
        public void handleRequest(HttpServerExchange exchange) throws Exception {
            if (exchange.isInIoThread()) {
                exchange.dispatch(this);
                return;
            }
            if (exchange.getRequestPath().equals("/slow")) {
                entered.countDown();
                release.await();
            }
            exchange.getResponseSender().send(number + "\n");
        }

        @Override
        public void close() {
            CLOSED.add(number);
        }
    }

    enum Kind {
        INPROC {
            @Override
            Map<String, String> version(int number, Path folder, String execTimeout) {
                return DevelopedFunction.inproc(
                        Numbered.class, "exec_timeout", execTimeout, "write_timeout", WRITE_TIMEOUT.toMillis() + "ms");
            }

            @Override
            boolean hasEntered(Path folder) {
                return entered.getCount() == 0;
            }

            @Override
            boolean firstIsOver(Path folder) {
                return CLOSED.contains(1);
            }
        },
        STREAMING,
        SERIALIZING;

        Map<String, String> version(int number, Path folder, String execTimeout) {
            String command =
                    "sh -c 'if [ $Http_Path = /slow ]; then echo $$ > %1$s/new; mv %1$s/new %1$s/pid; while [ ! -e %1$s/go ]; do sleep 0.02; done; fi; echo %2$d'"
                            .formatted(folder, number);
            return DevelopedFunction.streaming(
                    command,
                    "mode",
                    name().toLowerCase(Locale.ROOT),
                    "exec_timeout",
                    execTimeout,
                    "write_timeout",
                    WRITE_TIMEOUT.toMillis() + "ms");
        }

        /** Whether the slow call has reached the function. */
        boolean hasEntered(Path folder) throws Exception {
            return Files.exists(folder.resolve("pid"));
        }

        /** Whether nothing is left of the first version. */
        boolean firstIsOver(Path folder) throws Exception {
            long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
            return ProcessHandle.of(pid).isEmpty();
        }
    }

    @BeforeEach
    void forget() {
        MADE.set(0);
        CLOSED.clear();
        entered = new CountDownLatch(1);
        release = new CountDownLatch(1);
    }

    @ParameterizedTest
    @EnumSource
    void letALongCallEndWhileNewerOnesServe(Kind kind) throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(kind.version(1, folder, "30s"));
                RawClient slow = watchdog.connect()) {
            slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
            Polling.until(PATIENCE, () -> kind.hasEntered(folder));

            replace(watchdog, kind.version(2, folder, "30s"));
            assertThat(watchdog.get("/").body()).isEqualTo("2\n");
            replace(watchdog, kind.version(3, folder, "30s"));
            // Longer than a version is waited for that cannot run beside the next.
            long enough = System.nanoTime() + WRITE_TIMEOUT.multipliedBy(3).toNanos();
            Polling.until(PATIENCE, () -> {
                assertThat(watchdog.get("/").body()).isEqualTo("3\n");
                return System.nanoTime() - enough > 0;
            });
            assertThat(kind.firstIsOver(folder)).isFalse();
            release.countDown();
            Files.createFile(folder.resolve("go"));

            assertThat(slow.readWhole()).startsWith("HTTP/1.1 200 ").contains("\r\n\r\n1\n");
            Polling.until(PATIENCE, () -> kind.firstIsOver(folder));
        }
    }

    @ParameterizedTest
    @EnumSource
    void areOverAtExecTimeoutWhateverTheirCallsDo(Kind kind) throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(kind.version(1, folder, "1500ms"));
                RawClient slow = watchdog.connect()) {
            slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
            Polling.until(PATIENCE, () -> kind.hasEntered(folder));

            replace(watchdog, kind.version(2, folder, "1500ms"));

            assertThat(watchdog.get("/").body()).isEqualTo("2\n");
            // Not before: then the older version would have been stopped in the midst of its call.
            assertThat(slow.readHead())
                    .startsWith("HTTP/1.1 50")
                    .containsPattern("X-Duration-Seconds: (1\\.[5-9]|[2-9]|\\d\\d)");
            Polling.until(PATIENCE, () -> kind.firstIsOver(folder));
            assertThat(watchdog.get("/").body()).isEqualTo("2\n");
        }
    }
}
