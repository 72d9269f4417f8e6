package dev.fnwatchdog.core.process.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningJvmTest {
    private static final long GIGABYTE = 1L << 30;
    private static final Path JAVA = Path.of("/jdk/bin/java");

    private static List<String> command(List<String> options, String classPath, String program, long maxHeap) {
        return new RunningJvm(JAVA, options, classPath, program, maxHeap).command(List.of("-XX:More"), "a.Main");
    }

    /** Proves specification 14.2. */
    @Test
    void theCommandHasTheOptionsOfThisJvmAndItsJar() {
        assertThat(command(List.of("-XX:+UseSerialGC", "-Xmx64m"), "w.jar", "w.jar --archive f", GIGABYTE))
                .containsExactly("/jdk/bin/java", "-XX:+UseSerialGC", "-Xmx64m", "-XX:More", "-jar", "w.jar");
    }

    /** Proves specification 14.2. */
    @Test
    void theCommandHasTheClassPathAndTheMainClassWhereThisJvmRunsNoJar() {
        assertThat(command(List.of(), "w.jar:more", "a.Main --archive f", GIGABYTE))
                .endsWith("-cp", "w.jar:more", "a.Main");
    }

    /** Proves specification 14.2. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:SharedArchiveFile=a",
                "-XX:ArchiveClassesAtExit=a",
                "-XX:+AutoCreateSharedArchive",
                "-XX:AOTCache=a",
                "-XX:AOTMode=on",
                "-Xshare:off",
                "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5005",
                "-Dcom.sun.management.jmxremote.port=9010"
            })
    void anOptionThatNamesAnArchiveOrAPortIsLeftOut(String option) {
        assertThat(command(List.of("-Xss1m", option), "w.jar", "w.jar", GIGABYTE))
                .contains("-Xss1m")
                .doesNotContain(option);
    }

    /** Proves specification 14.2. */
    @Test
    void aHeapOf32GigabytesThatNobodyHasAskedForIsSmaller() {
        assertThat(command(List.of(), "w.jar", "w.jar", 32 * GIGABYTE)).contains("-Xmx31g");
        assertThat(command(List.of(), "w.jar", "w.jar", 31 * GIGABYTE)).doesNotContain("-Xmx31g");
        assertThat(command(List.of("-Xmx40g"), "w.jar", "w.jar", 40 * GIGABYTE)).doesNotContain("-Xmx31g");
    }

    /** Proves specification 14.2. */
    @ParameterizedTest
    @ValueSource(strings = {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"})
    void optionsOfTheEnvironmentAreAmongThoseOfTheJvm(String variable) throws Exception {
        List<String> command = new ArrayList<>(List.of("env", variable + "=-Dfrom.environment=1"));
        command.addAll(ChildJvm.command(Program.class, List.of("-Dfrom.command=1")));

        assertThat(ChildJvm.run(command)).contains("-Dfrom.environment=1", "-Dfrom.command=1");
        assertThat(RunningJvm.VARIABLES).contains(variable);
    }

    /** Prints the options of its JVM. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            System.out.println(RunningJvm.current().options());
        }
    }
}
