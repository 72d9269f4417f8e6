package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs the command at the top of the README. */
class DemoIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void theDemoRespondsAndLeavesNoProcessOrFileAfterCtrlC() throws Exception {
        try (PackagedWatchdog demo = PackagedWatchdog.with("port", "0", "metrics_port", "0")
                .set("JAVA_HOME", System.getProperty("java.home"))
                .interruptible()
                .program(ROOT.resolve("demo"))
                .startReady()) {
            assertThat(demo.awaitLine("hello is ready")).endsWith(" stdout: hello is ready");
            assertThat(demo.get("/world?a=b").body()).isEqualTo("Hello! You sent GET /world?a=b with 0 bytes.\n");

            demo.signal("INT");

            assertThat(demo.awaitExit()).isZero();
            assertThat(demo.remainingDescendants()).isEmpty();
            assertThat(demo.temporaryDirectory()).isEmptyDirectory();
        }
    }

    @Test
    void theDemoNamesAJavaHomeThatIsNoJdk() throws Exception {
        PackagedWatchdog.Finished run = PackagedWatchdog.with("JAVA_HOME", "/no/such/jdk")
                .program(ROOT.resolve("demo"))
                .run();

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .containsExactly(
                        "demo: JAVA_HOME=/no/such/jdk has no bin/javac: set it to JDK 17 or later, or unset it");
    }
}
