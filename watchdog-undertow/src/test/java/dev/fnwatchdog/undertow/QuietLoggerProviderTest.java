package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.jboss.logging.LoggerProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the lines that the watchdog prints for its libraries. Proves specification 6.3, 6.8. */
class QuietLoggerProviderTest {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final QuietLoggerProvider provider = new QuietLoggerProvider();

    @BeforeEach
    void collectLines() {
        QuietLoggerProvider.sendTo(lines::add);
    }

    @ParameterizedTest
    @EnumSource(
            value = Logger.Level.class,
            names = {"WARN", "ERROR", "FATAL"})
    void warningsAndErrorsOfLibrariesAreLogged(Logger.Level level) {
        provider.getLogger("io.undertow").log(level, "disk full");

        assertThat(lines).containsExactly(level + " io.undertow: disk full");
    }

    @ParameterizedTest
    @EnumSource(
            value = Logger.Level.class,
            names = {"INFO", "DEBUG", "TRACE"})
    void messagesOfLibrariesBelowWarningAreDropped(Logger.Level level) {
        Logger logger = provider.getLogger("org.xnio");

        logger.log(level, "XNIO version 3");

        assertThat(lines).isEmpty();
        assertThat(logger.isEnabled(level)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"io.undertow.proxy, false", "io.undertow.proxy.pool, false", "org.xnio.nio.tcp.server, true"})
    void messagesOfUndertowsProxyAreDroppedBecauseTheWatchdogLogsFailedRequests(String category, boolean logged) {
        Logger logger = provider.getLogger(category);

        logger.error("Proxy request failed", new IOException("closed"));

        assertThat(lines).hasSize(logged ? 1 : 0);
        assertThat(logger.isEnabled(Logger.Level.ERROR)).isEqualTo(logged);
    }

    @Test
    void messagesAreFormattedInBothStylesOfParameters() {
        Logger logger = provider.getLogger("a");

        logger.warnf("backing off for %d ms", 500);
        logger.warnv("backing off for {0} ms", 700);

        assertThat(lines).containsExactly("WARN a: backing off for 500 ms", "WARN a: backing off for 700 ms");
    }

    @Test
    void theWholeChainOfCausesIsLoggedInOneLine() {
        IOException cause = new IOException("refused");
        cause.setStackTrace(new StackTraceElement[] {new StackTraceElement("a.B", "c", "B.java", 7)});
        IllegalStateException thrown = new IllegalStateException("no upstream", cause);
        thrown.setStackTrace(new StackTraceElement[0]);

        provider.getLogger("a").error("failed", thrown);

        assertThat(lines)
                .containsExactly("ERROR a: failed: java.lang.IllegalStateException: no upstream"
                        + ": java.io.IOException: refused at a.B.c(B.java:7)");
    }

    /** Proves specification 6.8. */
    @Test
    void controlCharactersInMessagesOfLibrariesAreEscaped() {
        provider.getLogger("a").warn("one\r\ntwo\u001b[2J\u009b");

        assertThat(lines).containsExactly("WARN a: one\\u000d\\u000atwo\\u001b[2J\\u009b");
    }

    @Test
    void theProviderIsNotRegisteredAsAServiceInTheLibrary() {
        assertThat(ServiceLoader.load(LoggerProvider.class)).isEmpty();
    }
}
