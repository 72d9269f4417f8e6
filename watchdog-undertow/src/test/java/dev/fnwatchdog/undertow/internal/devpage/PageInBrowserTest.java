package dev.fnwatchdog.undertow.internal.devpage;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replaceableMode;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.streaming;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.Browser;
import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pages as Chromium shows them. Proves specification 13.4, 13.5. */
@Timeout(120)
class PageInBrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String MARKUP = "</pre><script>document.title='run'</script><b>bold</b>";

    private static String url(RunningWatchdog watchdog, String path) {
        return "http://localhost:" + watchdog.port() + path;
    }

    @Test
    void thePageOfAFailureReloadsItselfWithEachFurtherStateUntilTheFunctionIsThere() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(streaming("echo function"));
                Browser browser = Browser.start()) {
            replaceableMode(watchdog).fail("Hello.java:3: ';' expected");
            browser.open(url(watchdog, "/path"));
            browser.awaitText("Hello.java:3: ';' expected");
            Polling.until(PATIENCE, () -> WatchdogInternals.inFlight(watchdog.watchdog()) == 1);

            replaceableMode(watchdog).fail("Hello.java:4: cannot find symbol");
            browser.awaitText("Hello.java:4: cannot find symbol");

            DevelopedFunction.replace(
                    watchdog, streaming("sh -c 'echo works at $Http_Path'", "content_type", "text/plain"));
            browser.awaitText("works at /path");
            assertThat(browser.complaints()).noneMatch(complaint -> complaint.contains("Content Security Policy"));
        }
    }

    /** A watchdog that stops may be started again at once, with other settings. */
    @Test
    void thePageOfAFailureStillReloadsItselfAfterItsRequestForChangesHasBeenRefused() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(streaming("echo function"));
                Browser browser = Browser.start()) {
            replaceableMode(watchdog).fail("Hello.java:3: ';' expected");
            browser.open(url(watchdog, "/path"));
            browser.awaitText("Hello.java:3: ';' expected");
            Polling.until(PATIENCE, () -> WatchdogInternals.inFlight(watchdog.watchdog()) == 1);
            replaceableMode(watchdog).pages().stop();
            Polling.until(PATIENCE, () -> WatchdogInternals.inFlight(watchdog.watchdog()) == 0);

            replaceableMode(watchdog).fail("Hello.java:4: cannot find symbol");

            browser.awaitText("Hello.java:4: cannot find symbol");
        }
    }

    @Test
    void textOnThePageIsShownAndNotRun() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(streaming("echo function"));
                Browser browser = Browser.start()) {
            watchdog.get("/some/path?query");
            replaceableMode(watchdog).fail(MARKUP);
            browser.open(url(watchdog, "/_/dev"));
            browser.awaitText(MARKUP);

            assertThat(browser.evaluate("document.title")).isEqualTo("Function under development");
            assertThat(browser.evaluate("document.querySelectorAll('b').length"))
                    .isEqualTo("0");
            assertThat(browser.evaluate("document.querySelector('#requests').rows[1].cells[2].innerText"))
                    .isEqualTo("/some/path");
            assertThat(browser.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse"))
                    .isEqualTo("collapse");
            assertThat(browser.complaints()).noneMatch(complaint -> complaint.contains("Content Security Policy"));
        }
    }

    /** The second line of defence behind the escaping. */
    @Test
    void aScriptThatIsNotThePagesOwnIsNotRun() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(streaming("echo function"));
                Browser browser = Browser.start()) {
            browser.open(url(watchdog, "/_/dev"));
            browser.awaitText("Function under development");

            browser.evaluate("(() => { const script = document.createElement('script');"
                    + " script.textContent = \"document.title = 'run'\"; document.body.append(script); })()");

            assertThat(browser.evaluate("document.title")).isEqualTo("Function under development");
        }
    }
}
