package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RequiredProgram;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The signals of a function process are the default ones, whatever the watchdog inherits. */
class SignalsIT {
    /** SIGHUP, SIGINT, SIGQUIT and SIGUSR1, which the watchdog inherits as ignored or blocked, or which the JVM blocks. */
    private static final long CHANGED = 0b10_0000_0111;

    private static final String PRINT_SIGNALS = "grep -E ^Sig(Blk|Ign) /proc/self/status";

    private static List<Long> signals(List<String> lines) {
        List<Long> masks = new ArrayList<>();
        for (String line : lines) {
            if (line.contains("SigBlk:") || line.contains("SigIgn:")) {
                masks.add(Long.parseUnsignedLong(line.substring(line.length() - 16), 16) & CHANGED);
            }
        }
        return masks;
    }

    /** Proves specification 3.2. */
    @Test
    void noSignalIsBlockedOrIgnoredInTheFunctionOfHttpMode() throws Exception {
        RequiredProgram.require("env", "env --default-signal");
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(PRINT_SIGNALS, FreePort.any())
                .ignoringSignals()
                .start()) {
            assertThat(watchdog.awaitExit()).isOne();
            assertThat(signals(watchdog.out())).containsExactly(0L, 0L);
        }
    }

    /** Proves specification 7.10. */
    @Test
    void sigquitPrintsAThreadDumpAndRequestsAreServedOn() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.with("fprocess", "cat", "port", "0", "metrics_port", "0")
                .startReady()) {
            watchdog.signal("QUIT");
            watchdog.awaitLine("Full thread dump");

            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
        }
    }

    /** Proves specification 4.1. */
    @ParameterizedTest
    @ValueSource(strings = {"", "env --default-signal "})
    void noSignalIsBlockedOrIgnoredInTheProcessOfARequest(String before) throws Exception {
        assumeThat(Runtime.version().feature() >= 22 || !before.isEmpty())
                .as("JDK 17 to 21 cannot unblock a signal without env")
                .isTrue();
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "fprocess", before + PRINT_SIGNALS, "port", "0", "metrics_port", "0")
                .ignoringSignals()
                .startReady()) {
            assertThat(signals(watchdog.get("/").body().lines().toList())).containsExactly(0L, 0L);
        }
    }
}
