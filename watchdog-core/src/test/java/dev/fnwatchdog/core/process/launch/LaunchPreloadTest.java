package dev.fnwatchdog.core.process.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;

/** Runs in child JVMs, because a class once loaded stays loaded. */
class LaunchPreloadTest {
    @Test
    @EnabledForJreRange(minVersion = 22)
    void thePreloadLoadsTheNativeLauncherOnAThreadThatEnds() throws Exception {
        assertThat(preloadOn(2)).isEqualTo("0 threads, loaded true\n");
    }

    @Test
    void onASingleProcessorNothingIsPreloaded() throws Exception {
        assertThat(preloadOn(1)).isEqualTo("0 threads, loaded false\n");
    }

    @Test
    @EnabledForJreRange(maxVersion = 21)
    void onAnOlderJdkNothingIsPreloaded() throws Exception {
        assertThat(preloadOn(2)).isEqualTo("0 threads, loaded false\n");
    }

    private static String preloadOn(int processors) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.nativeAccess());
        options.add("-XX:ActiveProcessorCount=" + processors);
        return ChildJvm.run(ChildJvm.command(PreloadProgram.class, options));
    }
}
