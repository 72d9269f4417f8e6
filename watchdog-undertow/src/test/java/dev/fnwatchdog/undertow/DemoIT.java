package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RequiredProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the README. */
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
    void theCommandThatTheReadmeShowsStartsTheNodeFunctionAndForwardsRequests(@TempDir Path folder) throws Exception {
        RequiredProgram.require("node", "the function of the README");
        int functionPort = FreePort.any();
        Files.writeString(
                folder.resolve("index.js"),
                "require('http').createServer((request, response) => response.end('node got ' + request.url)).listen("
                        + functionPort + ", '127.0.0.1');\n");
        Path script = folder.resolve("start");
        Files.writeString(
                script, "#!/bin/sh\ncd '%s'\nexec env %s\n".formatted(folder, commandOfTheReadme(functionPort)));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

        try (PackagedWatchdog watchdog = PackagedWatchdog.with("port", "0", "metrics_port", "0")
                .program(script)
                .startReady()) {
            assertThat(watchdog.get("/a?name=b").body()).isEqualTo("node got /a?name=b");
        }
    }

    /** Returns the command as it is shown, but with a free port, and with the jar and the Java of the tests. */
    private static String commandOfTheReadme(int functionPort) throws IOException {
        String shown = Files.readAllLines(ROOT.resolve("README.md")).stream()
                .filter(line -> line.startsWith("mode=http "))
                .findFirst()
                .orElseThrow();
        assertThat(shown).contains(":3000 java ", " -jar watchdog-undertow/target/watchdog.jar");
        return shown.replace(
                        ":3000 java ",
                        ":%d %s ".formatted(functionPort, Path.of(System.getProperty("java.home"), "bin", "java")))
                .replace("watchdog-undertow/target/watchdog.jar", System.getProperty("watchdog.jar"));
    }

    /** Proves specification 14.7. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_19, max = JRE.JAVA_25, disabledReason = "the JVM has no such cache")
    void theSecondDemoUsesTheClassesThatTheFirstHasKeptAndADamagedFileIsReplaced() throws Exception {
        Path classes = ROOT.resolve("watchdog-undertow/target/demo-%d.jsa"
                .formatted(Runtime.version().feature()));
        Files.deleteIfExists(classes);

        assertThat(printedBy(demo())).noneMatch(line -> line.contains("cds"));
        FileTime kept = Files.getLastModifiedTime(classes);
        assertThat(printedBy(demo())).noneMatch(line -> line.contains("cds"));

        // A JVM that could not use the file would have written another.
        assertThat(Files.getLastModifiedTime(classes)).isEqualTo(kept);

        byte[] whole = Files.readAllBytes(classes);
        Files.delete(classes);
        Files.write(classes, Arrays.copyOf(whole, whole.length / 2));
        assertThat(printedBy(demo())).noneMatch(line -> line.contains("cds"));
        assertThat(classes).isRegularFile();
        assertThat(Files.size(classes)).isGreaterThan(whole.length / 2);
    }

    private static PackagedWatchdog.Builder demo() {
        return PackagedWatchdog.with("port", "0", "metrics_port", "0", "healthcheck_interval", "0")
                .set("JAVA_HOME", System.getProperty("java.home"))
                .program(ROOT.resolve("demo"));
    }

    /** Runs a demo from its start to SIGTERM, and returns its lines. */
    private static List<String> printedBy(PackagedWatchdog.Builder demo) throws Exception {
        try (PackagedWatchdog running = demo.startReady()) {
            running.signal("TERM");
            assertThat(running.awaitExit()).isZero();
            return Stream.concat(running.out().stream(), running.err().stream()).toList();
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
