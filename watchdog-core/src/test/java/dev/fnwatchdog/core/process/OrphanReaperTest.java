package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** In JVMs of their own, since what inherits orphans does so for good. */
@EnabledOnOs(OS.LINUX)
class OrphanReaperTest {
    private static final List<String> NAMESPACE = List.of("unshare", "--pid", "--fork", "--mount-proc");

    @Test
    void doesNothingWhereNoOrphanCanCome() {
        assumeThat(ProcessHandle.current().pid()).isNotEqualTo(1);

        assertThat(OrphanReaper.start()).isEmpty();
        assertThat(Threads.named("watchdog-orphans")).isZero();
    }

    @Test
    @EnabledForJreRange(minVersion = 22)
    void buriesOrphansAndNoChildOfItsOwn() throws Exception {
        reaps(program(List.of(), "subreaper"));
    }

    @Test
    @EnabledForJreRange(minVersion = 22)
    void buriesThemAsPid1() throws Exception {
        assumeThat(run(command(NAMESPACE, "true"))).as("may make a namespace").isEqualTo("");
        reaps(program(NAMESPACE));
    }

    @Test
    @EnabledForJreRange(maxVersion = 21)
    void tellsAsPid1ThatItCannot() throws Exception {
        assumeThat(run(command(NAMESPACE, "true"))).as("may make a namespace").isEqualTo("");
        assertThat(program(NAMESPACE).lines().findFirst().orElseThrow())
                .isEqualTo("as PID 1 the watchdog cannot reap orphaned processes on this JDK: use JDK 22 or later,"
                        + " or an init such as docker run --init");
    }

    private static void reaps(String output) {
        assertThat(output.lines())
                .startsWith("started", "exit status 7, 9")
                .endsWith("0 left")
                .filteredOn(line -> line.equals("exit status 7, 9"))
                .hasSize(20);
        assertThat(output).doesNotContain("\n0 dead");
    }

    private static String program(List<String> before, String... arguments) throws Exception {
        List<String> java = new ArrayList<>(before);
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--enable-native-access"))
                .forEach(java::add);
        java.addAll(List.of("-cp", System.getProperty("java.class.path"), ReaperProgram.class.getName()));
        return run(command(java, arguments));
    }

    private static List<String> command(List<String> before, String... words) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(words));
        return command;
    }

    private static String run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
