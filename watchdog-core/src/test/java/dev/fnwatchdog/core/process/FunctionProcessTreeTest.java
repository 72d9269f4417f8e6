package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.Eventually;
import dev.fnwatchdog.core.fixture.RunningFunction;
import dev.fnwatchdog.core.process.posix.Termination.Exited;
import dev.fnwatchdog.core.process.posix.Termination.Signalled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A function server leaves nothing behind. */
@EnabledOnOs(OS.LINUX)
class FunctionProcessTreeTest {
    /** Proves specification 3.48. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stoppingOrKillingAFunctionServerKillsItsHiddenGrandchildren(boolean killed) throws Exception {
        try (RunningFunction function =
                RunningFunction.of("hides-grandchildren.sh stays").ready()) {
            assertThat(function.processes()).hasSizeGreaterThanOrEqualTo(9);
            if (killed) {
                function.server().kill();
            } else {
                function.server().stop(Duration.ZERO);
            }

            Eventually.isTrue("nothing is left", () -> function.processes().isEmpty());
            assertThat(function.ended()).isEqualTo(new Signalled(9));
        }
    }

    /** Proves specification 3.47. */
    @Test
    void aFunctionServerThatEndsByItselfLeavesNothingBehind() throws Exception {
        try (RunningFunction function = RunningFunction.of("hides-grandchildren.sh ends")) {
            assertThat(function.ended()).isEqualTo(new Exited(0));

            Eventually.isTrue("nothing is left", () -> function.processes().isEmpty());
        }
    }

    /** Proves specification 3.48. */
    @Test
    void killingAFunctionServerKillsAThousandProcessesThatForkMeanwhile() throws Exception {
        try (RunningFunction function = RunningFunction.of("fork-tree.sh 3")) {
            Eventually.isTrue("a thousand", () -> function.processes().size() > 1000);
            function.server().kill();

            Eventually.isTrue("nothing is left", () -> function.processes().isEmpty());
        }
    }

    @Test
    void stoppedFunctionServersLeaveNoDescriptorAndNoThreadBehind() throws Exception {
        startAndStop();
        // The JDK's own threads for processes live on, and close their streams a little later.
        Eventually.isTrue("quiet", () -> functionThreads() == 0);
        long descriptors = descriptors();
        for (int i = 0; i < 20; i++) {
            startAndStop();
        }

        Eventually.isTrue("threads", () -> functionThreads() == 0);
        Eventually.isTrue("descriptors", () -> descriptors() <= descriptors);
    }

    private static void startAndStop() throws Exception {
        try (RunningFunction function = RunningFunction.of("ends-gracefully.sh").ready()) {
            function.server().stop(Duration.ZERO);
        }
    }

    private static long functionThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("watchdog-"))
                .count();
    }

    private static long descriptors() throws Exception {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
