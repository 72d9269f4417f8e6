package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No zombie, descriptor or thread is left behind. Proves specification 4.10. */
class ForkResourcesTest {
    private static final int REQUESTS = 1000;
    // What the JVM opens and starts by itself in the meantime.
    private static final int SLACK = 8;

    private static final String SCRIPT = "case $Http_Path in"
            + " /fail) exit 3;; /kill) kill -9 $$;; /close) exec <&- >&- 2>&-;; /sleep) exec sleep 600;;"
            + " /late) (sleep 0.02; echo late) & exit;; *) cat; echo error >&2;; esac";
    private static final String[] PATHS = {"/cat", "/fail", "/kill", "/close", "/late", "/cat"};

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("watchdog-pump"))
                .count();
    }

    /** Counts the children that run and those that have ended and were not waited for. */
    private static long children() {
        return ProcessHandle.current().children().count();
    }

    private static void sendRequest(RunningWatchdog watchdog, RawClient client, int i) throws IOException {
        if (i % 10 == 7) {
            // A request that expires, or whose client disconnects first.
            try (RawClient other = watchdog.connect()) {
                other.send("POST /sleep HTTP/1.1\r\nHost: h\r\nX-Timeout: 20ms\r\nContent-Length: 2\r\n\r\nab");
                if (i % 20 == 7) {
                    other.readResponse();
                }
            }
            return;
        }
        client.send("POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab".formatted(PATHS[i % PATHS.length]));
        client.readWhole();
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(60)
    void noZombieDescriptorOrThreadIsLeftAfterRequestsThatEndInEveryWay(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(SCRIPT);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 60; i++) {
                sendRequest(watchdog, client, i);
            }
            watchdog.awaitIdle();
            int descriptors = descriptors();
            long threads = threads();

            for (int i = 0; i < (mode == ForkingWatchdog.STREAMING ? REQUESTS : REQUESTS / 10); i++) {
                sendRequest(watchdog, client, i);
            }
            watchdog.awaitIdle();

            // A shell that has closed its output has ended its request, and ends itself a moment later.
            Polling.until(
                    Duration.ofSeconds(20),
                    () -> children() == 0 && descriptors() <= descriptors + SLACK && threads() <= threads + SLACK);
        }
    }
}
