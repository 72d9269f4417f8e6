package dev.fnwatchdog.undertow.internal.devpage;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replaceableMode;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.streaming;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Pages that wait for the next state of the function. Proves specification 13.4. */
class ChangePollsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern STATE = Pattern.compile("<script data-state=\"([0-9a-z-]+)\">");

    private static RunningWatchdog failing() throws Exception {
        RunningWatchdog watchdog = DevelopedFunction.start(streaming("echo function"));
        replaceableMode(watchdog).fail("not built");
        return watchdog;
    }

    private static String stateOf(RunningWatchdog watchdog) throws Exception {
        Matcher state = STATE.matcher(watchdog.send(
                        watchdog.request("/").header("Accept", "text/html").build())
                .body());
        assertThat(state.find()).isTrue();
        return state.group(1);
    }

    private static void poll(RawClient client, String state) throws IOException {
        client.send("GET /_/dev/changes?%s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(state));
    }

    private static void awaitHeld(RunningWatchdog watchdog, int count) {
        Polling.until(PATIENCE, () -> WatchdogInternals.inFlight(watchdog.watchdog()) == count);
    }

    @Test
    void aRequestForAnOlderStateIs200AtOnce() throws Exception {
        try (RunningWatchdog watchdog = failing()) {
            String state = stateOf(watchdog);
            replaceableMode(watchdog).fail("not built either");

            assertThat(watchdog.get("/_/dev/changes?" + state).statusCode()).isEqualTo(200);
            assertThat(watchdog.get("/_/dev/changes").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRequestForTheCurrentStateIs200WhenTheNextVersionServes() throws Exception {
        try (RunningWatchdog watchdog = failing();
                RawClient page = watchdog.connect()) {
            poll(page, stateOf(watchdog));
            awaitHeld(watchdog, 1);

            DevelopedFunction.replace(watchdog, streaming("echo next"));

            assertThat(page.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void aRequestForTheCurrentStateIs204AfterSomeSeconds() throws Exception {
        try (RunningWatchdog watchdog = failing();
                RawClient page = watchdog.connect()) {
            poll(page, stateOf(watchdog));

            assertThat(page.readHead()).startsWith("HTTP/1.1 204 No Content\r\n");
            // The connection serves the next one.
            poll(page, "other");
            assertThat(page.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void oneRequestTooManyIs503AndTheOthersStay() throws Exception {
        List<RawClient> pages = new ArrayList<>();
        try (RunningWatchdog watchdog = failing();
                RawClient tooMany = watchdog.connect()) {
            String state = stateOf(watchdog);
            for (int i = 0; i < ChangePolls.MAX; i++) {
                RawClient page = watchdog.connect();
                pages.add(page);
                poll(page, state);
            }
            awaitHeld(watchdog, ChangePolls.MAX);

            poll(tooMany, state);
            assertThat(tooMany.readResponse()).startsWith("HTTP/1.1 503 ");

            replaceableMode(watchdog).fail("not built either");
            for (RawClient page : pages) {
                assertThat(page.readResponse()).startsWith("HTTP/1.1 200 ");
                page.close();
            }
        }
    }

    @Test
    void aWatchdogThatStopsDoesNotWaitForThem() throws Exception {
        try (RunningWatchdog watchdog = failing();
                RawClient page = watchdog.connect()) {
            poll(page, stateOf(watchdog));
            awaitHeld(watchdog, 1);
            long begin = System.nanoTime();

            watchdog.stop(Shutdown.Cause.CLOSE);

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
            assertThat(page.readToEnd()).startsWith("HTTP/1.1 503 ");
        }
    }

    @Test
    void aPageThatIsClosedLeavesNothing() throws Exception {
        try (RunningWatchdog watchdog = failing()) {
            try (RawClient page = watchdog.connect()) {
                poll(page, stateOf(watchdog));
                awaitHeld(watchdog, 1);
            }
            replaceableMode(watchdog).fail("not built either");

            awaitHeld(watchdog, 0);
        }
    }
}
