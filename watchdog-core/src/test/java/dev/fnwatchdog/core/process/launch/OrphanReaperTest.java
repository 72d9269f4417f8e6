package dev.fnwatchdog.core.process.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fnwatchdog.core.fixture.ChildJvm;
import dev.fnwatchdog.core.fixture.Threads;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Runs in child JVMs, because a process that inherits orphans does so until its end. Proves specification 4.23. */
@EnabledOnOs(OS.LINUX)
class OrphanReaperTest {
    private static final List<String> NAMESPACE = List.of("unshare", "--pid", "--fork", "--mount-proc");

    @Test
    void theReaperIsNotStartedWhereNoOrphanCanBeInherited() {
        assumeThat(ProcessHandle.current().pid()).isNotEqualTo(1);

        List<String> warnings = new ArrayList<>();
        OrphanReaper.start(warnings::add);

        assertThat(warnings).isEmpty();
        assertThat(Threads.named("watchdog-orphans")).isZero();
    }

    @Test
    @EnabledForJreRange(minVersion = 22)
    void orphansAreReapedAndOwnChildrenAreNot() throws Exception {
        reaps(program(List.of(), "subreaper"));
    }

    @Test
    @EnabledForJreRange(minVersion = 22)
    void theReaperLoadsItsNativeCodeForTheFirstOrphan() throws Exception {
        assertThat(program(List.of(), "subreaper", "jdk")).isEqualTo("loaded false\n0 left\nloaded true\n");
    }

    @Test
    @EnabledForJreRange(minVersion = 22)
    void orphansAreReapedAsPid1() throws Exception {
        assumeThat(ChildJvm.run(command(NAMESPACE, "true")))
                .as("may make a namespace")
                .isEqualTo("");
        reaps(program(NAMESPACE));
    }

    @Test
    @EnabledForJreRange(maxVersion = 21)
    void onAnOlderJdkAWarningAsPid1SaysThatOrphansAreNotReaped() throws Exception {
        assumeThat(ChildJvm.run(command(NAMESPACE, "true")))
                .as("may make a namespace")
                .isEqualTo("");
        assertThat(program(NAMESPACE))
                .isEqualTo("the watchdog runs as PID 1 and cannot reap orphaned processes: use JDK 22 or later with"
                        + " glibc, or an init such as docker run --init\n");
    }

    private static void reaps(String output) {
        assertThat(output.lines())
                .startsWith("started", "exit status 7, 9")
                .endsWith("20 inherited", "0 left")
                .filteredOn(line -> line.equals("exit status 7, 9"))
                .hasSize(20);
    }

    private static String program(List<String> before, String... arguments) throws Exception {
        List<String> java = new ArrayList<>(before);
        java.addAll(ChildJvm.command(ReaperProgram.class, ChildJvm.nativeAccess()));
        return ChildJvm.run(command(java, arguments));
    }

    private static List<String> command(List<String> before, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(arguments));
        return command;
    }
}
